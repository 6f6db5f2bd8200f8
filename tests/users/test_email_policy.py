"""Which email addresses may belong to an account."""

import pytest

from idp.lib.errors import DomainError
from idp.users.email_policy import EmailPolicy

STRICT = EmailPolicy(
    block_disposable=True, block_subaddressing=True, blocklist=("@spam.example", "eve@example.com"),
    allowlist=("boss+news@example.com", "@good.spam.example"),
)  # fmt: skip
NOT_ALLOWED = "session.email_blocklist.email_not_allowed"
SUBADDRESS = "session.email_blocklist.email_subaddressing_not_allowed"


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("ada@example.com", None),
        ("eve@example.com", NOT_ALLOWED),
        ("EVE@Example.com", NOT_ALLOWED),
        ("ada@spam.example", NOT_ALLOWED),
        ("ada@mail.spam.example", NOT_ALLOWED),
        ("ada@notspam.example", None),
        ("ada@good.spam.example", None),
        ("ada+books@example.com", SUBADDRESS),
        ("boss+news@example.com", None),
        ("ada@mailinator.com", NOT_ALLOWED),
        ("ada@inbox.mailinator.com", NOT_ALLOWED),
    ],
)
def test_strict(email: str, code: str | None) -> None:
    found = None
    try:
        STRICT.check(email)
    except DomainError as error:
        found, status = error.code, error.status
        assert status == 422
    assert found == code


@pytest.mark.parametrize("email", ["ada+books@example.com", "ada@mailinator.com"])
def test_nothing_is_refused_by_default(email: str) -> None:
    EmailPolicy.from_json({}).check(email)
