"""Messages in a folder: none is lost, doubled or met half-written, however many write and read at once."""

from collections import Counter
from queue import Empty
from threading import Thread

import pytest
from kombu import Connection

EACH = 300


@pytest.fixture
def connect(tmp_path):
    def make() -> Connection:
        options = {"folder": str(tmp_path), "polling_interval": 0.01}
        return Connection(transport="config.folder_transport:Transport", transport_options=options)

    return make


@pytest.mark.slow
def test_every_message_arrives_once_when_several_write_and_read(connect, tmp_path):
    found: list[str] = []
    wrong: list[Exception] = []

    def write(who: int) -> None:
        with connect() as connection:
            queue = connection.SimpleQueue("timers")
            for number in range(EACH):
                queue.put(f"{who}-{number}")

    def read() -> None:
        with connect() as connection:
            queue = connection.SimpleQueue("timers")
            while len(found) < 3 * EACH and not wrong:
                try:
                    message = queue.get(timeout=0.2)
                except Empty:
                    continue
                except Exception as error:  # noqa: BLE001  whatever it is, it is what the test looks for
                    wrong.append(error)
                    return
                found.append(message.payload)
                message.ack()

    threads = [Thread(target=write, args=(who,)) for who in range(3)] + [Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert wrong == []
    assert Counter(found) == Counter(f"{who}-{number}" for who in range(3) for number in range(EACH))
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_queues_are_kept_apart_and_the_oldest_comes_first(connect):
    with connect() as connection:
        timers, mail = connection.SimpleQueue("timers"), connection.SimpleQueue("mail")
        timers.put("first")
        mail.put("letter")
        timers.put("second")

        assert [timers.get(timeout=1).payload, timers.get(timeout=1).payload] == ["first", "second"]
        assert mail.get(timeout=1).payload == "letter"
        with pytest.raises(Empty):
            timers.get(timeout=0.05)
