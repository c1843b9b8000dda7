"""A web server on this machine that answers as badly as a test wants."""

import re
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
    ranges: bool = False
    """Whether parts are served, and announced."""
    etag: str = ""
    breaks: list[int] = field(default_factory=list)
    """After how many bytes each of the next answers breaks off."""
    parts_asked: list[str] = field(default_factory=list)
    """The Range header of each request, empty where there was none."""
    wrong_part: bool = False
    """Whether parts begin elsewhere than they were asked to."""

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
            server.parts_asked.append(self.headers.get("Range", ""))
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
    start = _start(handler, server)
    if start >= len(data):
        handler.send_error(416)
        return
    if start:
        handler.send_response(206)
        shown = start + 1 if server.wrong_part else start
        handler.send_header("Content-Range", f"bytes {shown}-{len(data) - 1}/{len(data)}")
    else:
        handler.send_response(200)
    if server.ranges:
        handler.send_header("Accept-Ranges", "bytes")
    if server.etag:
        handler.send_header("ETag", server.etag)
    data = data[start:]
    if manner != "unannounced":
        handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    if server.breaks:
        handler.wfile.write(data[: server.breaks.pop(0)])
        return
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


def _start(handler: BaseHTTPRequestHandler, server: Server) -> int:
    """Where the answer begins."""
    found = re.match(r"bytes=(\d+)-$", handler.headers.get("Range", ""))
    if not server.ranges or found is None:
        return 0
    if handler.headers.get("If-Range", server.etag) != server.etag:
        return 0
    return int(found[1])
