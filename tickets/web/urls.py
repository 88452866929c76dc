"""Routes of the pages about tickets, one list a part."""

from tickets.web import escalation_urls

urlpatterns = [
    *escalation_urls.urlpatterns,
]
