"""Routes of the pages on which a ticket is written, filed and completed."""

from django.urls import path

from tickets.web import filing, filing_completion, filing_form, filing_fragments, incidents

urlpatterns = [
    path("incidents/<int:pk>/await/", incidents.await_incident, name="await_incident"),
    path("tickets/files/<uuid:pk>/", filing_fragments.staged_file, name="staged_file"),
    path("tickets/new/", filing.new_ticket, name="new_ticket"),
    path("tickets/new/hint/<slug:code>/", filing_fragments.hint, name="code_hint"),
    path("tickets/new/<uuid:draft>/", filing_form.new_ticket_form, name="new_ticket_form"),
    path("tickets/new/<uuid:draft>/alike/", filing_fragments.alike, name="draft_alike"),
    path("tickets/new/<uuid:draft>/discard/", filing.discard, name="discard_draft"),
    path("tickets/new/<uuid:draft>/files/", filing_fragments.files, name="draft_files"),
    path("tickets/new/<uuid:draft>/promise/", filing_fragments.promise, name="draft_promise"),
    path("tickets/new/<uuid:draft>/save/", filing_fragments.save, name="save_draft"),
    path("tickets/<str:reference>/complete/", filing_completion.complete_ticket, name="complete_ticket"),
    path("tickets/<str:reference>/complete/files/", filing_completion.files, name="completion_files"),
    path("tickets/<str:reference>/complete/promise/", filing_completion.promise, name="completion_promise"),
]
