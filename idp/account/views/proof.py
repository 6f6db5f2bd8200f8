"""/account/verify: is it really you? By password, or with a code to an address that the account has."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from idp.account.forms import PasswordForm
from idp.account.visitor import go_to, next_page, show, signed_in
from idp.lib.errors import DomainError
from idp.lib.forms import CodeForm
from idp.messaging.services import can_send
from idp.signin import proofs
from idp.signin.proofs import Owner
from idp.signin.rules import CONNECTOR_TYPES
from idp.verification.errors import CodeNotFound, ResendTooSoon
from idp.verification.services import seconds_until_resend


@sensitive_post_parameters("password")
@signed_in("GET", "HEAD", "POST")
def verify(request: HttpRequest, owner: Owner) -> HttpResponse:
    if not proofs.ways_to_prove(owner.user):
        return go_to(next_page(request))
    form = PasswordForm(request.POST or None)
    if form.is_valid() and owner.user.has_password:
        try:
            proofs.prove_with_password(owner=owner, password=form.cleaned_data["password"])
        except DomainError as error:
            form.add_error("password", error.message)
        else:
            return go_to(next_page(request))
    return _page(request, owner, form)


@signed_in("POST")
def send(request: HttpRequest, owner: Owner) -> HttpResponse:
    """A code to the email address or phone number of the account; one that is under way is good enough."""
    kind = request.POST.get("kind", "")
    if kind not in CONNECTOR_TYPES or not proofs.recipient_of(owner.user, kind):
        return go_to("verify", next=next_page(request))
    try:
        verification_id = proofs.send_proof_code(user=owner.user, kind=kind).pk
    except ResendTooSoon as error:
        verification_id = error.verification_id
        if "again" in request.POST:
            return _code_page(request, owner, verification_id, CodeForm(), problem=error.message)
    except DomainError as error:
        return _page(request, owner, PasswordForm(), problem=error.message)
    return go_to("verify-code", verification_id, next=next_page(request))


@signed_in("GET", "HEAD", "POST")
def code(request: HttpRequest, owner: Owner, verification_id: str) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            proofs.prove_with_code(owner=owner, verification_id=verification_id, digits=form.cleaned_data["code"])
        except CodeNotFound:
            return go_to("verify", next=next_page(request))
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            return go_to(next_page(request))
    return _code_page(request, owner, verification_id, form)


def _code_page(
    request: HttpRequest, owner: Owner, verification_id: str, form: CodeForm, problem: str = ""
) -> HttpResponse:
    try:
        sent = proofs.find_proof_code(user=owner.user, verification_id=verification_id)
    except CodeNotFound:
        return go_to("verify", next=next_page(request))
    wait = seconds_until_resend(sent.interaction_id, sent.channel, sent.recipient)
    return show(request, "verify_code", form=form, sent=sent, wait=wait, problem=problem, next=next_page(request))


def _page(request: HttpRequest, owner: Owner, form: PasswordForm, problem: str = "") -> HttpResponse:
    user = owner.user
    ways: list[dict[str, Any]] = [
        {"kind": kind, "recipient": proofs.recipient_of(user, kind)}
        for kind in proofs.ways_to_prove(user)
        if kind in CONNECTOR_TYPES and can_send(CONNECTOR_TYPES[kind])
    ]
    return show(
        request, "verify", form=form, person=user, ways=ways, problem=problem, next=next_page(request)
    )  # fmt: skip
