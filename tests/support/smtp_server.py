"""A mail server on the loopback interface that keeps what it gets."""

import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class _RandomPortController(Controller):  # type: ignore[misc]  # aiosmtpd has no types
    def _trigger_server(self) -> None:
        # Port 0 is a wish; the number is known once the server listens.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class SmtpServer:
    """With `user` it asks for a log-in; `refuse` names the SMTP command and the reply it fails with."""

    def __init__(
        self,
        *,
        user: str = "",
        password: str = "",
        refuse: dict[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self._login = (user, password)
        self._refuse = refuse or {}
        self._controller = _RandomPortController(
            self,
            hostname="127.0.0.1",
            port=0,
            authenticator=self._authenticate if user else None,
            auth_required=bool(user),
            auth_require_tls=False,
            auth_exclude_mechanism=() if user else ("LOGIN", "PLAIN"),
            tls_context=tls,
        )

    host = "127.0.0.1"

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    def _authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login, handled=False)

    # --- aiosmtpd calls these by name

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        return self._refuse.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self._refuse.get("RCPT", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if "DATA" in self._refuse:
            return self._refuse["DATA"]
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"
