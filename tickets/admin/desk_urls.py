"""Routes of the desk below /admin/. The admin's site guards each of them: only who may triage gets in."""

from django.urls import path, re_path

from tickets.admin import (
    agents,
    bulk,
    desk_actions,
    desk_merging,
    desk_parts,
    desk_prepared,
    desk_ticket,
    escalations,
    operations,
    queue,
)
from tickets.admin.policy_editor.urls import urlpatterns as policy_urls

urlpatterns = [
    path("agents/", agents.agents, name="agents"),
    path("agents/<int:pk>/", agents.agent, name="agent"),
    path("desk/", queue.queue, name="queue"),
    path("desk/bulk/", bulk.change_selected, name="queue_bulk"),
    path("desk/files/<uuid:pk>/", desk_parts.discard_file, name="desk_file"),
    path("desk/next/", queue.next_ticket, name="next_ticket"),
    path("desk/preview/", desk_parts.preview, name="desk_preview"),
    path("desk/<str:reference>/", desk_ticket.desk_ticket, name="desk_ticket"),
    path("desk/<str:reference>/acknowledge/", desk_actions.acknowledge, name="desk_acknowledge"),
    path("desk/<str:reference>/assign/", desk_actions.assign, name="desk_assign"),
    path("desk/<str:reference>/conclude/", desk_actions.conclude, name="desk_conclude"),
    path("desk/<str:reference>/draft/", desk_parts.draft, name="desk_draft"),
    path("desk/<str:reference>/files/", desk_parts.upload, name="desk_upload"),
    path("desk/<str:reference>/insert/", desk_prepared.insert, name="desk_insert"),
    path("desk/<str:reference>/link/", desk_actions.link, name="desk_link"),
    path("desk/<str:reference>/live/", desk_parts.live, name="desk_live"),
    path("desk/<str:reference>/merge/", desk_merging.merge, name="desk_merge"),
    path("desk/<str:reference>/merge/undo/", desk_actions.unmerge, name="desk_unmerge"),
    path("desk/<str:reference>/message/", desk_actions.message, name="desk_message"),
    path("desk/<str:reference>/platform/", desk_actions.wait_for_platform, name="desk_platform"),
    path("desk/<str:reference>/prepared/<int:pk>/", desk_prepared.prepared_text, name="desk_prepared"),
    path("desk/<str:reference>/reclassify/", desk_actions.reclassify, name="desk_reclassify"),
    path("desk/<str:reference>/reclassify/preview/", desk_parts.reclassify_preview, name="desk_reclassify_preview"),
    path("desk/<str:reference>/send-back/", desk_actions.send_back, name="desk_send_back"),
    path("desk/<str:reference>/topic/", desk_actions.change_topic, name="desk_topic"),
    re_path(
        r"^desk/(?P<reference>[^/]+)/(?P<to>wait|take_up|resolve|reopen|close)/$", desk_actions.move, name="desk_move"
    ),
    path("escalations/", escalations.board, name="escalations"),
    path("escalations/<int:pk>/acknowledge/", escalations.acknowledge, name="acknowledge_escalation"),
    path("escalations/<int:pk>/conclude/", escalations.conclude, name="conclude_escalation"),
    path("escalations/partners/<int:pk>/grant/", escalations.grant, name="grant_escalation"),
    path("outbox/", operations.outbox_page, name="outbox"),
    path("outbox/<uuid:pk>/again/", operations.send_again, name="send_again"),
    path("timers/", operations.timers_page, name="timers"),
    path("timers/<int:pk>/try/", operations.try_timer, name="try_timer"),
    *policy_urls,
]
