"""People only: the proof of work of our own, or the test of a provider that an administrator chose.

When a provider is in trouble people go through, and it is recorded (docs/adr/0009): a lockout and the fraud guard still stand
behind it. When it does not accept our keys nobody goes through, for that would stay unseen.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from connectors.ports import CaptchaKind, ConfigError, ConnectorError, ErrorCategory
from connectors.registry import captcha_kinds
from idp.audit import caller
from idp.audit.services import record
from idp.verification import proof_of_work
from idp.verification.errors import CaptchaFailed, CaptchaInvalid, CaptchaRequired
from idp.verification.models import CaptchaProvider

logger = logging.getLogger(__name__)
OWN = "ProofOfWork"


@dataclass(frozen=True)
class Question:
    """What a page needs to show the test. `sources` are what its Content-Security-Policy must allow."""

    type: str
    site_key: str = ""
    domain: str = ""
    mode: str = ""
    challenge: str = ""
    puzzles: int = proof_of_work.PUZZLES
    bits: int = proof_of_work.BITS
    wait: int = proof_of_work.WAIT
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def question(interaction_id: str, *, answered: str = "") -> Question:
    """The test for one visit. A challenge that was sent back unanswered stays: the wait for it goes on."""
    provider = stored_provider()
    if provider is not None:
        config = provider.config
        sources = _kind(provider.type).sources(config)
        return Question(
            provider.type, config["siteKey"], config.get("domain", ""), config.get("mode", ""), sources=sources
        )
    keeps = answered.count(".") == 2 and proof_of_work.is_open(interaction_id, answered)
    return Question(OWN, challenge=answered if keeps else proof_of_work.new_challenge(interaction_id))


def verify(*, interaction_id: str, answer: str) -> None:
    """Raises CaptchaRequired, CaptchaFailed, CaptchaTooEarly. Never inside a transaction."""
    if not answer:
        raise CaptchaRequired
    provider = stored_provider()
    if provider is None:
        proof_of_work.verify(interaction_id, answer)
        return
    try:
        passed = _kind(provider.type).build(provider.config).verify(answer, caller.current().address)
    except ConnectorError as error:
        logger.error("%s gave no answer: %s", provider.type, error)
        record("captcha.unavailable", target=f"interaction:{interaction_id}", succeeded=False, error=str(error))
        passed = error.category is ErrorCategory.RETRY
    if not passed:
        raise CaptchaFailed(detail=f"refused by {provider.type}")


def stored_provider() -> CaptchaProvider | None:
    return CaptchaProvider.objects.filter(pk="default").first()


def save_provider(*, by: str, type: str, config: dict[str, Any]) -> None:
    """Raises CaptchaInvalid."""
    try:
        clean = _kind(type).validate(config)
    except ConfigError as error:
        raise CaptchaInvalid(list(error.problems)) from error
    with transaction.atomic():
        CaptchaProvider.objects.update_or_create(pk="default", defaults={"type": type, "config": clean})
        record("captcha.provider_saved", by=by, target=f"captcha:{type}")


@transaction.atomic
def use_own(*, by: str) -> None:
    """Back to the proof of work; the keys of the provider are forgotten."""
    if CaptchaProvider.objects.all().delete()[0]:
        record("captcha.provider_removed", by=by, target=f"captcha:{OWN}")


def _kind(type: str) -> CaptchaKind:
    return captcha_kinds()[type]
