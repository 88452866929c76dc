"""Routes of the policy's pages below /admin/policy/. What is named stands before what takes any part's name."""

from django.urls import path

from tickets.admin.policy_editor import closed_days, entries, publishing, replays, sheets, versions

urlpatterns = [
    path("policy/", versions.versions_page, name="policy"),
    path("policy/new/", versions.new_draft, name="policy_new"),
    path("policy/runs/<int:run>/", replays.run_page, name="policy_replay_run"),
    path("policy/<int:pk>/", versions.version_page, name="policy_version"),
    path("policy/<int:pk>/closed-days/<str:code>/", closed_days.closed_days_page, name="policy_closed_days"),
    path("policy/<int:pk>/compare/", versions.compare_page, name="policy_compare"),
    path("policy/<int:pk>/discard/", versions.discard, name="policy_discard"),
    path("policy/<int:pk>/entries/", entries.change_entries, name="policy_entries"),
    path("policy/<int:pk>/publish/", publishing.publish_page, name="policy_publish"),
    path("policy/<int:pk>/replay/", replays.replay_page, name="policy_replay"),
    path("policy/<int:pk>/withdraw/", versions.withdraw_version, name="policy_withdraw"),
    path("policy/<int:pk>/<str:part>/", sheets.sheet_page, name="policy_part"),
    path("policy/<int:pk>/<str:part>/<str:code>/", sheets.sheet_page, name="policy_entry"),
    path("policy/<int:pk>/<str:part>/<str:code>/<str:field>/", sheets.sheet_page, name="policy_field"),
]
