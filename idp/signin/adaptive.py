"""Adaptive MFA: the second factor is asked for when a sign-in is unlike those before it (Logto section 5.7)."""

import re

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from idp.audit.services import record
from idp.lib.ids import opaque_token
from idp.mfa import risk
from idp.signin import cookies, flow
from idp.signin.flow import Step
from idp.signin.models import Interaction, SignInExperience
from idp.signin.state import State


def assess(request: HttpRequest, interaction: Interaction, experience: SignInExperience) -> None:
    """Once the person is known: what is unusual about them here? Until that is answered, the second factor is asked for."""
    if not experience.is_adaptive or flow.next_step(interaction, experience) is not Step.MFA_VERIFY:
        return
    state = State(interaction, experience)
    if state.owner is None or state.is_assessed:
        return
    user = state.owner
    found = risk.triggers(
        user=user, secret=cookies.known_browser_secret(request, user.pk), country=_country_of(request)
    )  # fmt: skip
    with transaction.atomic():
        interaction.proofs = {**interaction.proofs, "assessed": user.pk, "triggers": found}
        interaction.save(update_fields=["proofs"])
        if found:
            record("user.mfa_triggered", by=user.audit_name, target=user.audit_name, triggers=found)


def remember(
    request: HttpRequest, response: HttpResponseBase, interaction: Interaction, experience: SignInExperience
) -> None:
    """The person got in: the next time this browser is known."""
    user_id = interaction.result.get("user")
    if not experience.is_adaptive or not user_id:
        return
    secret = cookies.known_browser_secret(request, user_id) or opaque_token()
    risk.remember_browser(user_id=user_id, secret=secret, country=_country_of(request))
    cookies.remember_known_browser(response, user_id, secret, days=risk.MEMORY.days)


def _country_of(request: HttpRequest) -> str:
    """Two letters from the header that the operator's proxy sets (COUNTRY_HEADER), or ""."""
    value = request.headers.get(settings.COUNTRY_HEADER, "") if settings.COUNTRY_HEADER else ""
    return value.upper() if re.fullmatch(r"[A-Za-z]{2}", value) else ""
