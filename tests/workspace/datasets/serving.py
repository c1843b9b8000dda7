"""A web server on this machine that answers as badly as a test wants."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

Manner = Literal["whole", "cut", "wrong", "unannounced", "stall", "stall halfway"]


@dataclass
class Server:
    """`files` maps names to what is served and how; `asked` collects the names that were asked for."""

    address: str
    files: dict[str, tuple[bytes, Manner]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    """Ends all stalls."""

    def url(self, name: str) -> str:
        return f"{self.address}/{name}"


@contextmanager
def serving() -> Iterator[Server]:
    """A server until the block ends; nothing of it outlives the block."""
    server = Server("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            server.asked.append(name)
            if name not in server.files:
                self.send_error(404)
                return
            _answer(self, server, *server.files[name])

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = False  # so that closing the server waits for its answers to end
    server.address = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        http.shutdown()
        http.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, server: Server, data: bytes, manner: Manner) -> None:
    if manner == "stall":
        server.released.wait(20)
        return
    handler.send_response(200)
    if manner != "unannounced":
        handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    if manner == "wrong":
        data = bytes(reversed(data))
    sent = data if manner in ("whole", "wrong", "unannounced") else data[: len(data) // 2]
    try:
        handler.wfile.write(sent)
        if manner == "stall halfway":
            handler.wfile.flush()
            server.released.wait(20)
    except OSError:
        return  # the other side hung up, as it does after a cancel
