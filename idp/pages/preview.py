"""Hosted pages as they would look with settings that are not saved yet, for the console: the real templates, made-up people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from idp.applications.models import Application
from idp.authorization.sentences import sentences
from idp.lib import countries
from idp.lib.forms import CodeForm
from idp.mfa.factors import CHANNELS, Factor, masked
from idp.pages.forms import IdentifierForm, PasswordForm, TotpForm
from idp.pages.terms import agreement
from idp.signin import languages
from idp.signin.errors import InvalidCredentials, SessionNotFound
from idp.signin.experience import recovery_kinds
from idp.signin.models import SignInExperience
from idp.users.identifiers import CODE_KINDS
from idp.users.models import User
from idp.verification.errors import CodeMismatch

_SAMPLES = {"username": "ada_lovelace", "email": "ada@example.com", "phone": "12025550123"}
_SCOPES = ("profile", "email", "phone")
_WAIT = 42  # seconds until another code may be asked for


class NoSuchPage(Exception):
    """With these settings nobody meets this page. The message says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Who is signing in: what the templates read of a `State`."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Which page, whether something went wrong on it, and in which language (empty: English)."""

    page: str = "start"
    with_error: bool = False
    language: str = ""


def preview(
    request: HttpRequest, experience: SignInExperience, wish: Wish | None = None, draft_stylesheet: str = ""
) -> HttpResponse:
    """One page of the sign-in. It does nothing. `draft_stylesheet` is the address of CSS that is not saved.

    Raises NoSuchPage.
    """
    wish = wish or Wish()
    _, build = PAGES.get(wish.page) or PAGES["start"]
    try:
        languages.activate(wish.language or "en")
        template, facts = build(request, experience, wish.with_error)
        _calm(facts.get("form"))
        context = {
            "experience": experience, "application": Application(pk="preview", name="Bookstore"),
            "is_preview": True, "draft_stylesheet": draft_stylesheet, **facts,
        }  # fmt: skip
        return render(request, template, context)
    finally:
        translation.activate("en")


Page = tuple[str, dict[str, Any]]


def _start(request: HttpRequest, experience: SignInExperience, with_error: bool) -> Page:
    """The first page that a visitor meets: sign-in, or sign-up when that is all there is."""
    if not experience.allows_sign_in:
        return _register(request, experience, with_error)
    kinds = [method["identifier"] for method in experience.methods]
    with_password = not any(method["verificationCode"] for method in experience.methods)
    agreed = agreement(experience, "SignIn")
    typed = {"identifier": _SAMPLES[kinds[0]], "password": "wrong", "agree": "on"} if with_password else {}
    form = _identifier_form(request, kinds, with_error, typed, with_password=with_password, agreement=agreed)
    if with_error and with_password:
        form.add_error(None, InvalidCredentials().message)
    facts = {"form": form, "agreement": agreed, "can_recover": bool(recovery_kinds(experience))}
    return "pages/sign_in.html", facts


def _register(request: HttpRequest, experience: SignInExperience, with_error: bool) -> Page:
    if not experience.allows_sign_up:
        raise NoSuchPage("New accounts are off.")
    kinds = experience.sign_up["identifiers"]
    agreed = agreement(experience, "Register")
    form = _identifier_form(request, kinds, with_error, {}, agreement=agreed)
    return "pages/register.html", {"form": form, "agreement": agreed}


def _code(request: HttpRequest, experience: SignInExperience, with_error: bool) -> Page:
    offered = [method["identifier"] for method in experience.methods if method["verificationCode"]]
    offered += experience.sign_up["identifiers"] if experience.allows_sign_up else []
    kind = next((kind for kind in offered if kind in CODE_KINDS), None)
    if kind is None:
        raise NoSuchPage("No way to sign in or sign up uses a code.")
    form = CodeForm({"code": "000000"} if with_error else None)
    if with_error:
        form.add_error("code", CodeMismatch(9).message)
    facts = {"form": form, "state": Sample(kind, _SAMPLES[kind]), "start": "pages:sign-in", "wait": _WAIT}
    return "pages/code.html", {**facts, "method": experience.method_for(kind)}


def _password(request: HttpRequest, experience: SignInExperience, with_error: bool) -> Page:
    method = next((method for method in experience.methods if method["password"]), None)
    if method is None or not experience.allows_sign_in:
        raise NoSuchPage("No way to sign in uses a password.")
    kind = method["identifier"]
    form = PasswordForm({"password": "wrong"} if with_error else None)
    if with_error:
        form.add_error("password", InvalidCredentials().message)
    facts = {"form": form, "state": Sample(kind, _SAMPLES[kind]), "method": method}
    return "pages/password.html", {**facts, "can_recover": bool(recovery_kinds(experience))}


def _forgot(request: HttpRequest, experience: SignInExperience, with_error: bool) -> Page:
    kinds = recovery_kinds(experience)
    if not kinds:
        raise NoSuchPage("There is no way to recover a password.")
    return "pages/forgot_password.html", {"form": _identifier_form(request, kinds, with_error, {})}


def _consent(request: HttpRequest, experience: SignInExperience, with_error: bool) -> Page:
    user = User(name="Ada Lovelace")
    asked = {"sentences": sentences(_SCOPES), "destination": "https://bookstore.example"}
    return "pages/consent.html", {"user": user, **asked}


def _second_factor(request: HttpRequest, experience: SignInExperience, with_error: bool) -> Page:
    factors = [factor for factor in experience.mfa_factors if factor == Factor.TOTP or factor in CHANNELS]
    if not factors:
        raise NoSuchPage("Neither an authenticator app nor a code is a second factor: see Multi-factor auth.")
    factor = Factor(Factor.TOTP if Factor.TOTP in factors else factors[0])
    form = TotpForm({"code": "000000"} if with_error else None)
    if with_error:
        form.add_error("code", CodeMismatch(9).message)
    facts: dict[str, Any] = {"form": form, "slug": "totp", "sent": True}
    if factor in CHANNELS:
        channel = CHANNELS[factor]
        facts |= {"slug": channel, "by_channel": True, "recipient": masked(channel, _SAMPLES[channel]), "wait": _WAIT}
    if Factor.BACKUP_CODE in experience.mfa_factors:
        facts["others"] = [("backup-code", "")]
    return "pages/mfa_verify.html", facts


def _refused(request: HttpRequest, experience: SignInExperience, with_error: bool) -> Page:
    return "pages/refused.html", {"error": SessionNotFound()}


PAGES: dict[str, tuple[str, Callable[[HttpRequest, SignInExperience, bool], Page]]] = {
    "start": ("Sign-in", _start),
    "register": ("Sign-up", _register),
    "code": ("Code", _code),
    "password": ("Password", _password),
    "forgot": ("Forgotten password", _forgot),
    "second-factor": ("Second factor", _second_factor),
    "consent": ("Consent", _consent),
    "refused": ("Error page", _refused),
}


def _identifier_form(
    request: HttpRequest, kinds: list[str], with_error: bool, typed: dict[str, str], **more: Any
) -> IdentifierForm:
    """With an error: what was typed, which may be nothing where something is needed."""
    initial = {"country": countries.guess(request)}
    return IdentifierForm(initial | typed if with_error else None, kinds=kinds, initial=initial, **more)


def _calm(form: forms.Form | None) -> None:
    """The frame's sandbox takes no focus."""
    if form is not None:
        form.takes_focus = False  # type: ignore[attr-defined]  # idp.lib.forms.BoundField
