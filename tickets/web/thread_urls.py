"""Routes of the list, of a ticket's page, and of files."""

from django.urls import path, register_converter

from tickets.web import downloads, notices, overview, thread, ticket_actions, worsening, writing


class ReferenceConverter:
    """A ticket's reference in an address, whatever the case of its letters."""

    regex = "[Tt][Kk]-[0-9A-Za-z]{1,9}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")

urlpatterns = [
    path("", overview.tickets, name="tickets"),
    path("settings/notifications/", notices.notices, name="notices"),
    path("files/<uuid:pk>/", downloads.download, name="download"),
    path("tickets/export.csv", overview.tickets_export, name="tickets_export"),
    path("tickets/<reference:reference>/", thread.ticket, name="ticket"),
    path("tickets/<reference:reference>/files/", writing.add_file, name="message_files"),
    path("tickets/<reference:reference>/files/<uuid:pk>/remove/", writing.remove_file, name="remove_message_file"),
    path("tickets/<reference:reference>/follow/", ticket_actions.follow, name="follow_ticket"),
    path("tickets/<reference:reference>/follow-up/", writing.follow_up, name="follow_up_ticket"),
    path("tickets/<reference:reference>/messages/", writing.write, name="write_message"),
    path("tickets/<reference:reference>/messages/<int:pk>/dispute/", ticket_actions.dispute, name="dispute_answer"),
    path("tickets/<reference:reference>/preview/", thread.preview, name="preview_message"),
    path("tickets/<reference:reference>/rate/", ticket_actions.rate, name="rate_ticket"),
    path("tickets/<reference:reference>/reopen/", ticket_actions.reopen, name="reopen_ticket"),
    path("tickets/<reference:reference>/resolve/", ticket_actions.resolve, name="resolve_ticket"),
    path("tickets/<reference:reference>/share/", ticket_actions.share, name="share_ticket"),
    path("tickets/<reference:reference>/unfollow/", ticket_actions.unfollow, name="unfollow_ticket"),
    path("tickets/<reference:reference>/updates/", thread.updates, name="ticket_updates"),
    path("tickets/<reference:reference>/withdraw/", ticket_actions.ask_withdraw, name="withdraw_ticket_page"),
    path("tickets/<reference:reference>/withdraw/confirm/", ticket_actions.withdraw, name="withdraw_ticket"),
    path("tickets/<reference:reference>/worse/", worsening.ask, name="worsen_ticket_page"),
    path("tickets/<reference:reference>/worse/confirm/", worsening.worsen, name="worsen_ticket"),
]
