"""Which message of support stops the clock.

Source: support policy, "How the promise is counted".
"""


def is_first_response(*, is_answer: bool, is_receipt: bool, is_sent_back: bool) -> bool:
    """Does a public message by a support agent count as an answer?

    Every one does unless the agent says that it is not an answer yet, or used a prepared answer that is a mere receipt;
    while a ticket waits for its information, none stops anything.
    """
    return is_answer and not is_receipt and not is_sent_back
