"""The blocklist where accounts get their addresses; it never shuts out somebody who has one."""

from typing import Any

import pytest

from idp.messaging.models import OutboxMessage
from idp.signin import services
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import update_experience
from idp.signin.models import SignInExperience
from idp.users.errors import EmailNotAllowed
from idp.users.models import User
from tests.signin.helpers import code_in_outbox, new_interaction

pytestmark = pytest.mark.django_db
BY_EMAIL = {
    "sign_up": {"identifiers": ["email"], "password": False, "verify": True},
    "sign_in": {
        "methods": [{"identifier": "email", "password": False, "verificationCode": True, "isPasswordPrimary": False}]
    },
}


@pytest.fixture
def experience(db: Any) -> SignInExperience:
    return update_experience(by="test", **BY_EMAIL, email_blocklist_policy={"customBlocklist": ["@example.com"]})


def test_sign_up_is_refused_before_anything_is_sent(experience: SignInExperience) -> None:
    with pytest.raises(EmailNotAllowed):
        services.identify_new(new_interaction(), experience, kind="email", value="eve@example.com")
    assert not OutboxMessage.objects.exists()


def test_so_is_the_way_from_sign_in(experience: SignInExperience) -> None:
    interaction = new_interaction()
    services.identify(interaction, experience, kind="email", value="eve@example.com")
    services.send_code(interaction, experience)
    services.verify_code(interaction, experience, digits=code_in_outbox())
    with pytest.raises(EmailNotAllowed):
        services.accept_account(interaction, experience)
    interaction.event = "Register"
    with pytest.raises(EmailNotAllowed):
        services.create_account(interaction, experience)
    assert not User.objects.exists()


def test_whoever_has_an_account_signs_in(experience: SignInExperience, ada: User) -> None:
    interaction = new_interaction()
    services.identify(interaction, experience, kind="email", value="ada@example.com")
    services.send_code(interaction, experience)
    services.verify_code(interaction, experience, digits=code_in_outbox())
    services.sign_in(interaction, experience)
    assert interaction.result["user"] == ada.pk


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ({"customBlocklist": ["example.com"]}, "invalid_custom_email_blocklist_format"),
        ({"customAllowlist": ["@nowhere"]}, "invalid_custom_email_blocklist_format"),
        ({"customAllowlist": "@example.com"}, "invalid_input"),
        ({"blockEverything": True}, "invalid_input"),
    ],
)
def test_lists_that_mean_nothing(db: Any, policy: dict[str, Any], code: str) -> None:
    with pytest.raises(ExperienceInvalid) as refused:
        update_experience(by="test", email_blocklist_policy=policy)
    assert (refused.value.code, refused.value.status) == (f"sign_in_experiences.{code}", 400)
