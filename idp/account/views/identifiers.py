"""/account/email and /account/phone: add, change or remove one; the new one is proved with a code. /account/username."""

from django.http import HttpRequest, HttpResponse

from idp.account.forms import NewIdentifierForm, UsernameForm
from idp.account.visitor import go_to, show, signed_in
from idp.lib import countries
from idp.lib.errors import DomainError
from idp.lib.forms import CodeForm
from idp.signin import own_account, proofs
from idp.signin.account_center import require_editable
from idp.signin.models import SignInExperience
from idp.signin.proofs import Owner
from idp.users.errors import IdentifierTaken
from idp.verification.errors import CodeNotFound, ResendTooSoon
from idp.verification.services import seconds_until_resend


@signed_in("GET", "HEAD", "POST")
def change(request: HttpRequest, owner: Owner, kind: str) -> HttpResponse:
    """The new address. A code that went out to it a moment ago is good enough."""
    require_editable(owner.center, kind)
    proofs.require_proof(owner)
    form = NewIdentifierForm(request.POST or None, kind=kind, initial={"country": countries.guess(request)})
    if form.is_valid():
        try:
            sent = own_account.send_new_identifier_code(owner=owner, kind=kind, value=form.value)
        except ResendTooSoon as error:
            return go_to(f"{kind}-code", error.verification_id)
        except DomainError as error:
            form.add_error("identifier", error.message)
        else:
            return go_to(f"{kind}-code", sent.pk)
    current = proofs.recipient_of(owner.user, kind)
    return show(request, "identifier", form=form, kind=kind, current=current)


@signed_in("GET", "HEAD", "POST")
def code(request: HttpRequest, owner: Owner, kind: str, verification_id: str) -> HttpResponse:
    proofs.require_proof(owner)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            own_account.change_identifier(
                owner=owner, kind=kind, verification_id=verification_id, digits=form.cleaned_data["code"]
            )
        except CodeNotFound:
            return go_to(kind)
        except IdentifierTaken as error:
            return _taken(request, owner, kind, error)
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            return go_to("overview", notice=f"{kind}-changed")
    return _code_page(request, owner, kind, verification_id, form)


@signed_in("POST")
def resend(request: HttpRequest, owner: Owner, kind: str, verification_id: str) -> HttpResponse:
    proofs.require_proof(owner)
    try:
        sent = own_account.find_new_identifier_code(user=owner.user, kind=kind, verification_id=verification_id)
        again = own_account.send_new_identifier_code(owner=owner, kind=kind, value=sent.recipient)
    except CodeNotFound:
        return go_to(kind)
    except DomainError as error:
        return _code_page(request, owner, kind, verification_id, CodeForm(), problem=error.message)
    return go_to(f"{kind}-code", again.pk)


@signed_in("GET", "HEAD", "POST")
def remove(request: HttpRequest, owner: Owner, kind: str) -> HttpResponse:
    require_editable(owner.center, kind)
    proofs.require_proof(owner)
    problem = ""
    if request.method == "POST":
        try:
            own_account.remove_identifier(owner=owner, kind=kind)
        except DomainError as error:
            problem = error.message
        else:
            return go_to("overview", notice=f"{kind}-removed")
    current = proofs.recipient_of(owner.user, kind)
    if not current:
        return go_to("overview")
    return show(request, "identifier_remove", kind=kind, current=current, problem=problem)


@signed_in("GET", "HEAD", "POST")
def username(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Another username, or none where there is another way to sign in."""
    require_editable(owner.center, "username")
    proofs.require_proof(owner)
    data = request.POST if request.method == "POST" else None
    form = UsernameForm(data, policy=SignInExperience.load().usernames, initial={"username": owner.user.username})
    if form.is_valid():
        try:
            own_account.change(owner=owner, username=form.cleaned_data["username"] or None)
        except DomainError as error:
            form.add_error("username", error.message)
        else:
            return go_to("overview", notice="username-changed")
    return show(request, "username", form=form, current=owner.user.username or "")


def _taken(request: HttpRequest, owner: Owner, kind: str, error: IdentifierTaken) -> HttpResponse:
    """The code was right, so this may be told. It is used up: another address is the way on."""
    form = NewIdentifierForm(kind=kind, initial={"country": countries.guess(request)})
    current = proofs.recipient_of(owner.user, kind)
    return show(request, "identifier", form=form, kind=kind, current=current, problem=error.message)


def _code_page(
    request: HttpRequest, owner: Owner, kind: str, verification_id: str, form: CodeForm, problem: str = ""
) -> HttpResponse:
    try:
        sent = own_account.find_new_identifier_code(user=owner.user, kind=kind, verification_id=verification_id)
    except CodeNotFound:
        return go_to(kind)
    wait = seconds_until_resend(sent.interaction_id, sent.channel, sent.recipient)
    return show(request, "identifier_code", form=form, kind=kind, sent=sent, wait=wait, problem=problem)
