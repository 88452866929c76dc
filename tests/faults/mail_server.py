"""A mail server that takes everything and remembers the Message-IDs, repeats included."""

import re
import socketserver
import threading
import time
from collections import Counter
from types import TracebackType

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(?:\r\n\s+)?<([^@>]+)@", re.IGNORECASE | re.MULTILINE)


class MailServer:
    """Use as a context; `received` counts each Message-ID's left part.

    Every `slow_every`th mail is acknowledged late: who is killed meanwhile has sent it, and not yet marked it.
    """

    def __init__(self, *, slow_every: int = 15, slow_seconds: float = 0.5) -> None:
        self._slow_every, self._slow_seconds = slow_every, slow_seconds
        self.received: Counter[str] = Counter()
        self._lock = threading.Lock()
        server = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 here\r\n")
                while line := self.rfile.readline():
                    command = line[:4].upper()
                    if command == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        server._remember(self._message())
                    elif command == b"QUIT":
                        self.wfile.write(b"221 bye\r\n")
                        return
                    self.wfile.write(b"250 ok\r\n")

            def _message(self) -> bytes:
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line)
                return b"".join(lines)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> "MailServer":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _remember(self, message: bytes) -> None:
        found = MESSAGE_ID.search(message)
        with self._lock:
            self.received[found[1].decode() if found else "none"] += 1
            number = self.received.total()
        if number % self._slow_every == 0:
            time.sleep(self._slow_seconds)
