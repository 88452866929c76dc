"""A broker for one machine without a server: messages are files in a folder, each written whole or not at all.

Kombu's own transport of this kind lets a reader meet a file that its writer has only just opened; the empty message
then ends the worker. Here a message gets its name when it is complete, and is claimed by renaming it.
"""

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual
from kombu.utils.json import dumps, loads


class Channel(virtual.Channel):
    """A queue is a part of the files' names. Every process declares for itself which queues there are."""

    @property
    def folder(self) -> Path:
        return Path(self.connection.client.transport_options["folder"])

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:
        # Named by the time, so that the oldest is taken first.
        name = f"{time.time_ns():020d}-{uuid.uuid4()}"
        unfinished = self.folder / f"{name}.unfinished"
        unfinished.write_text(dumps(message), encoding="utf-8")
        unfinished.replace(self.folder / f"{name}.{queue}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in self._waiting(queue):
            taken = path.with_suffix(".taken")
            try:
                path.rename(taken)
            except FileNotFoundError:
                continue  # another worker was quicker
            text = taken.read_text(encoding="utf-8")
            taken.unlink()
            return loads(text)
        raise Empty

    def _size(self, queue: str) -> int:
        return sum(1 for _ in self._waiting(queue))

    def _purge(self, queue: str) -> int:
        removed = 0
        for path in self._waiting(queue):
            path.unlink(missing_ok=True)
            removed += 1
        return removed

    def _waiting(self, queue: str) -> Iterator[Path]:
        yield from sorted(self.folder.glob(f"*.{queue}.msg"))


class Transport(virtual.Transport):
    """Bindings are the process's own: the folder holds messages alone."""

    Channel = Channel
    global_state = virtual.BrokerState()
    implements = virtual.Transport.implements.extend(asynchronous=False)
    driver_type = driver_name = "folder"

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.state = self.global_state

    def driver_version(self) -> str:
        return "1"
