"""The head of an answer and the beginning of its body in one packet: gunicorn sends them one by one, and the other side wakes up twice."""

import socket
from collections.abc import Iterable
from typing import IO, Any

from gunicorn.http.wsgi import FileWrapper, Response


class Answer(Response):
    def __init__(self, req: Any, sock: socket.socket, cfg: Any) -> None:
        super().__init__(req, _Parcel(sock), cfg)

    def send(self, body: Iterable[bytes]) -> None:
        """What a WSGI application returned."""
        try:
            if isinstance(body, FileWrapper):
                self.write_file(body)
            else:
                for part in body:
                    self.write(part)
            self.close()
        finally:
            if hasattr(body, "close"):
                body.close()

    def close(self) -> None:
        super().close()
        self.sock.send_off()

    def _emit_body(self, data: bytes) -> None:
        super()._emit_body(data)
        self.sock.send_off()


class _Parcel:
    """A socket, as far as answers use one."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._content: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self._content.append(data)

    def send_off(self) -> None:
        if self._content:
            data = b"".join(self._content)
            self._content.clear()
            self._sock.sendall(data)

    def sendfile(self, file: IO[bytes], offset: int, count: int) -> int:
        self.send_off()
        return self._sock.sendfile(file, offset, count)
