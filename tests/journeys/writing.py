"""The steps of writing a ticket in a browser, shared by the journeys."""

from django.urls import reverse

WAMID = "wamid.HBgLMTIwMjU1NTAxNzMVAgARGBJDQTc1Qzk4QzA3MEU0NEE1ODEA"


def choose(page, topic: str = "messaging_delays") -> None:
    page.goto(reverse("new_ticket"))
    page.locator(f"button[value={topic}]").click()
    page.wait_for_url("**/tickets/new/*-*/")


def fill_in(page) -> None:
    """Type a valid ticket about delays, with what a browser offers: times of the hour that has just begun."""
    page.check("#id_impact_0", force=True)
    page.check("#id_workaround_1", force=True)
    page.check("#id_direction_0", force=True)
    answers = {"subject": "Late since noon", "phone_number": "+49 30 23125014", "waba_id": "104996122399160"}
    for code, text in {**answers, "description": "Every message is late."}.items():
        page.fill(f"#id_{code}", text)
    page.fill("#id_delayed_since", page.evaluate("new Date(Date.now() - 36e5).toISOString().slice(0, 16)"))
    for row in range(3):
        page.fill(f"[id='id_samples.{row}.message_id']", f"{WAMID}{row}")
        page.fill(f"[id='id_samples.{row}.sent_at']", "00:00:01")
        page.check(f"[id='id_samples.{row}.delivered_at.instead.not_yet']")


def send(page) -> None:
    page.locator("button:visible", has_text="File ticket").last.click()
