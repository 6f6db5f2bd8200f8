from typing import Any

import pytest

from connectors.errors import ConfigError
from connectors.smtp import SMTP
from tests.connectors.conftest import smtp_config

LOGIN = {"user": "mailer", "pass": "pass-phrase"}


def paths(config: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        SMTP.validate(config)
    return [problem.path for problem in caught.value.problems]


def test_the_normal_form() -> None:
    clean = SMTP.validate(smtp_config(25) | {"port": "25", "auth": {}, "replyTo": ""})
    assert clean == smtp_config(25) | {"secure": False, "requireTLS": False}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"host": "https://mail.example.com"}, "$.host"),
        ({"host": "mail.example.com\r\nX"}, "$.host"),
        ({"port": 0}, "$.port"),
        ({"port": 65536}, "$.port"),
        ({"port": True}, "$.port"),
        ({"port": "many"}, "$.port"),
        ({"port": None}, "$.port"),
        ({"fromEmail": "nobody"}, "$.fromEmail"),
        ({"fromEmail": "A <a@example.com>\nBcc: b@example.com"}, "$.fromEmail"),
        ({"fromEmail": "a@example.com, b@example.com"}, "$.fromEmail"),
        ({"replyTo": "Help"}, "$.replyTo"),
        ({"auth": "mailer:pass"}, "$.auth"),
        ({"auth": {"user": "mailer"}}, "$.auth"),
        ({"auth": LOGIN | {"token": "x"}}, "$.auth.token"),
        ({"auth": LOGIN | {"type": "oauth2"}}, "$.auth.type"),
        ({"auth": LOGIN | {"pass": "pässword"}}, "$.auth.pass"),
        ({"tls": {}}, "$.tls"),
        ({"templates": []}, "$.templates"),
    ],
)
def test_a_wrong_value(change: dict[str, Any], path: str) -> None:
    assert paths(smtp_config(25) | change) == [path]


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ({"host": "mail.example.com"}, False),
        ({"host": "mail.example.com", "secure": True}, True),
        ({"host": "mail.example.com", "requireTLS": True}, True),
        ({"host": "localhost"}, True),
        ({"host": "::1"}, True),
    ],
)
def test_a_password_travels_encrypted(change: dict[str, Any], accepted: bool) -> None:
    config = smtp_config(25) | {"auth": LOGIN | {"type": "LOGIN"}} | change
    if accepted:
        assert SMTP.validate(config)["auth"]["user"] == "mailer"
    else:
        assert paths(config) == ["$.requireTLS"]
