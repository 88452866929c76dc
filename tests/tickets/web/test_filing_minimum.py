"""Every topic through the page: filed with its minimum, refused at each mandatory answer that is missing."""

import pytest
import time_machine

from tests.answers import answers_for
from tests.cast import NOW
from tests.tickets.web.filling import POLICY, begin, send, summary_of, typed_for
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def mandatory(topic):
    answers = answers_for(topic)
    return [
        field.code
        for field in topic.all_fields
        if field.is_asked(answers, filer="partner") and field.is_mandatory(answers, filer="partner")
    ]


CASES = [(topic.code, code) for topic in POLICY.topics.values() for code in mandatory(topic)]
GROUPS = [(topic.code, group) for topic in POLICY.topics.values() for group in topic.groups]


def code_of(anchor):
    """Return the field that a link of the summary leads to."""
    code = anchor.removeprefix("id_").split(".")[0]
    return code.removesuffix("_0")


@pytest.mark.parametrize("topic", POLICY.topics)
def test_a_ticket_with_its_minimum_is_filed(client, cast, topic):
    draft = begin(client, cast.owner, topic)

    response = send(client, draft, typed_for(topic))

    ticket = Ticket.objects.get()
    assert response.status_code == 302, summary_of(response)
    assert response.url.endswith(f"/tickets/{ticket.reference}/")
    assert (ticket.topic.code, ticket.draft_id) == (topic, draft.pk)


@pytest.mark.parametrize(("topic", "code"), CASES)
def test_a_ticket_without_a_mandatory_answer_comes_back_with_the_error_at_it(client, cast, topic, code):
    draft = begin(client, cast.owner, topic)

    response = send(client, draft, typed_for(topic, **{code: None}))

    assert response.status_code == 400
    assert code in {code_of(anchor) for anchor in summary_of(response)}
    assert f'id="id_{code}_error"' in response.content.decode()
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(("topic", "group"), GROUPS)
def test_a_ticket_without_any_of_a_group_comes_back_with_the_error_at_the_group(client, cast, topic, group):
    members = [field.code for field in POLICY.topics[topic].fields if field.one_of == group]
    draft = begin(client, cast.owner, topic)

    response = send(client, draft, typed_for(topic, **dict.fromkeys(members)))

    assert response.status_code == 400
    assert [code_of(anchor) for anchor in summary_of(response)] == members[:1]
    assert f'id="group_{group}_error"' in response.content.decode()


@pytest.mark.parametrize("topic", POLICY.topics)
def test_an_empty_form_has_an_input_for_every_link_of_its_summary(client, cast, topic):
    draft = begin(client, cast.owner, topic)

    response = send(client, draft, {})

    page = response.content.decode()
    anchors = summary_of(response)
    assert anchors
    assert [anchor for anchor in anchors if f'id="{anchor}"' not in page] == []
