"""Routes of the pages about tickets, one list a part."""

from tickets.web import escalation_urls, filing_urls, thread_urls, webhook_urls

urlpatterns = [
    *escalation_urls.urlpatterns,
    *filing_urls.urlpatterns,
    *thread_urls.urlpatterns,
    *webhook_urls.urlpatterns,
]
