"""Posts logout tokens to applications (OpenID Connect Back-Channel Logout 1.0 section 2.5)."""

from dataclasses import dataclass

import requests
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress

from connectors.errors import ConnectorError, ErrorCategory

TIMEOUT = 5  # seconds, to connect and to read


@dataclass(frozen=True)
class BackChannel:
    """`allow_private` lets it call loopback and private networks: for development, or an application next door."""

    allow_private: bool = False

    def post_logout_token(self, uri: str, token: str) -> None:
        """Raises ConnectorError unless the application answers 200 or 204."""
        try:
            with self._session() as session:
                answer = session.post(uri, data={"logout_token": token}, timeout=TIMEOUT, allow_redirects=False)
        except InvalidIPAddress as error:
            raise _problem("The address is in a private network.", "Set ALLOW_PRIVATE_ADDRESSES=true.") from error
        except requests.RequestException as error:
            raise _problem("The application could not be reached.", "Check its back-channel logout URI.") from error
        if answer.status_code not in (200, 204):
            raise _problem(f"The application answered {answer.status_code}.", "See its own log.")

    def _session(self) -> HTTPSession:
        return HTTPSession(
            Config(
                default_timeout=(TIMEOUT, TIMEOUT),
                never_redirect=True,
                ip_filter_enable=not self.allow_private,
                ip_filter_allow_loopback_ips=False,
                user_agent_override="Latchkey",
            )
        )


def _problem(meaning: str, advice: str) -> ConnectorError:
    return ConnectorError(category=ErrorCategory.RETRY, meaning=meaning, advice=advice)
