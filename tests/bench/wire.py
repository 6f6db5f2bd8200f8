"""HTTP that costs the generator little."""

import socket
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


class Connection:
    """One that is kept alive."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc
        self.socket = socket.create_connection(("127.0.0.1", parts.port or 80), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def send(self, request: Request) -> bytes:
        head = {"Host": self.host, "Content-Length": str(len(request.body)), **request.headers}
        lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        self.socket.sendall("\r\n".join([*lines, "", request.body]).encode())
        status = self.file.readline().split()[1]
        length = -1
        while (line := self.file.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        answer = self.file.read(length) if length >= 0 else self._chunks()
        if status != b"200":
            raise AssertionError(f"{request.method} {request.path}: {status.decode()} {answer[:300].decode()}")
        return answer

    def _chunks(self) -> bytes:
        answer = b""
        while size := int(self.file.readline(), 16):
            answer += self.file.read(size)
            self.file.readline()
        self.file.readline()
        return answer
