"""What every hosted page knows about its visitor, and where they go next."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from typing import Any
from urllib.parse import urlencode

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from idp.applications import clients
from idp.applications.models import Application
from idp.lib.errors import DomainError
from idp.lib.http import see_other
from idp.organizations.models import find_organization
from idp.pages.terms import Agreement, agreement
from idp.signin import adaptive, completion, cookies, flow, interactions, second_factor, services
from idp.signin.errors import SessionNotFound
from idp.signin.flow import Step
from idp.signin.models import Interaction, SignInExperience
from idp.signin.state import PASSKEY, State
from idp.users.errors import IdentifierTaken
from idp.users.identifiers import KINDS
from idp.verification import captcha

_PAGES = {
    Step.IDENTIFY: "pages:sign-in",
    Step.PASSWORD: "pages:sign-in-password",
    Step.OFFER_ACCOUNT: "pages:offer-account",
    Step.REGISTER: "pages:register",
    Step.OFFER_SIGN_IN: "pages:offer-sign-in",
    Step.NEW_PASSWORD: "pages:register-password",
    Step.RECOVER: "pages:forgot-password",
    Step.RESET_PASSWORD: "pages:reset-password",
    Step.RENEW_PASSWORD: "pages:renew-password",
    Step.MFA_VERIFY: "pages:mfa-verify",
    Step.CREATE_PASSKEY: "pages:create-passkey",
    Step.MFA_SETUP: "pages:mfa-setup",
    Step.BACKUP_CODES: "pages:mfa-backup-codes",
}
_COMPLETION_PAGES = {
    Step.ADD_IDENTIFIER_CODE: "pages:continue-code", Step.NEW_PASSWORD: "pages:continue-password",
    Step.EXTRA_PROFILE: "pages:continue-profile",
}  # fmt: skip
_CODE_PAGES = {
    "SignIn": "pages:sign-in-code", "Register": "pages:register-code", "ForgotPassword": "pages:forgot-password-code",
}  # fmt: skip


@dataclass
class Visit:
    """One request of one visitor: their interaction and the settings that it runs under."""

    request: HttpRequest
    interaction: Interaction
    experience: SignInExperience

    @property
    def state(self) -> State:
        return State(self.interaction, self.experience)

    @cached_property
    def captcha(self) -> captcha.Question | None:
        """The test for people, on the pages that ask who somebody is."""
        if not self.experience.asks_for_captcha:
            return None
        return captcha.question(self.interaction.pk, answered=self.captcha_answer)

    @property
    def captcha_answer(self) -> str:
        posted = self.request.POST
        return str(posted.get("captcha") or posted.get("g-recaptcha-response") or "")

    @property
    def is_finished(self) -> bool:
        return bool(self.interaction.result)

    def is_at(self, *steps: Step) -> bool:
        """Is the visitor asked for one of these next?"""
        return flow.next_step(self.interaction, self.experience) in steps

    def render(self, template: str, **context: Any) -> HttpResponse:
        facts = {
            "visit": self, "state": self.state, "experience": self.experience, "application": self._application(),
            "organization": find_organization(self.interaction.params["params"].get("organization_id", "")),
        }  # fmt: skip
        response = render(self.request, template, {**facts, **context})
        if shown := self.__dict__.get("captcha"):  # only a page that shows it lets its provider in
            response._csp_update = {name: [SELF, *hosts] for name, hosts in shown.sources.items()}  # type: ignore[attr-defined]
        response["Cache-Control"] = "no-store"  # the back button asks again, and meets the step that is really next
        return response

    def _application(self) -> Application | None:
        """Whom the person signs in to, as the page names it."""
        client = clients.get(self.interaction.application_id)
        if client is None or not client.application.is_builtin:
            return client.application if client else None
        application = copy(client.application)
        application.name = gettext(application.name)  # ours, and a sentence of the catalogs
        return application

    def agreement(self, event: str) -> Agreement | None:
        """What the visitor agrees to, and how; a box that they ticked in this visit stays ticked."""
        return agreement(self.experience, event, agreed=completion.has_agreed(self.interaction, self.experience))

    def address(self, url_name: str, *parts: str, **more: str) -> str:
        query = urlencode({"app_id": self.interaction.application_id, **more})
        return f"{reverse(url_name, args=parts)}?{query}"

    def go_to(self, url_name: str, *parts: str, **more: str) -> HttpResponse:
        return see_other(self.address(url_name, *parts, **more))

    def go_on(self) -> HttpResponse:
        """To whatever is needed next; when nothing is, sign in and back to the protocol."""
        adaptive.assess(self.request, self.interaction, self.experience)
        second_factor.recognise_device(
            self.interaction, self.experience, partial(cookies.trusted_device_secret, self.request)
        )
        step = flow.next_step(self.interaction, self.experience)
        if step is Step.CREATE:
            try:
                services.create_account(self.interaction, self.experience)
            except IdentifierTaken as error:
                return self._taken_meanwhile(error)
            step = flow.next_step(self.interaction, self.experience)
        elif step is Step.SIGN_IN:
            services.sign_in(self.interaction, self.experience)
            step = Step.FINISHED
        if step is Step.FINISHED:
            response = see_other(reverse("oauth2_provider:resume", args=[self.interaction.pk]))
            adaptive.remember(self.request, response, self.interaction, self.experience)
            if self.state.kind in (*KINDS, PASSKEY):
                cookies.remember_way(response, self.state.kind)
            return response
        return self._to_step(step)

    def _to_step(self, step: Step, **query: str) -> HttpResponse:
        if step is Step.CODE:
            return self.go_to(_CODE_PAGES[self.interaction.event])
        if step is Step.ADD_IDENTIFIER:
            return self.go_to("pages:continue", self.state.missing_profile[0], **query)
        if step in _COMPLETION_PAGES and not (step is Step.NEW_PASSWORD and self.interaction.event == "Register"):
            return self.go_to(_COMPLETION_PAGES[step])
        return self.go_to(_PAGES[step])

    def go_on_after_verification(self) -> HttpResponse:
        """Go on; this device is trusted from now on when the person ticked the box."""
        if not self.experience.trust_days or "trust" not in self.request.POST or not self.state.mfa_proved:
            return self.go_on()
        user_id, secret = second_factor.trust_device(self.interaction, self.experience)
        response = self.go_on()
        cookies.remember_trusted_device(response, user_id, secret, days=self.experience.trust_days)
        return response

    def _taken_meanwhile(self, error: IdentifierTaken) -> HttpResponse:
        """Somebody took the identifier, or this very form was sent twice and its twin was faster."""
        self.interaction.refresh_from_db()
        if self.is_finished or self.state.created_here:
            return self.go_on()
        if error.field != self.state.kind:
            return self._to_step(flow.next_step(self.interaction, self.experience), notice="taken")
        return self.go_to("pages:offer-sign-in" if self.state.identifier_proved else "pages:register")


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view its Visit. Without a live interaction there is nothing to show but the way back.

    One that asks something else has a page of its own: these begin anew with what is in it, and would forget the question.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            interaction = interactions.find_for_page(request)
        except SessionNotFound:
            return see_other(reverse("pages:unknown-session"))
        if interaction.prompt != interactions.LOGIN:
            return see_other(reverse("oauth2_provider:resume", args=[interaction.pk]))
        visit = Visit(request, interaction, SignInExperience.load())
        try:
            return visit.go_on() if visit.is_finished else view(visit, **parts)
        except DomainError as error:
            return visit.render("pages/refused.html", error=error)

    return wrapper
