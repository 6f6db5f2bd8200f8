"""/account/passkey…, /account/authenticator-app… and /account/backup-codes: the person's own second factors."""

from django.http import HttpRequest, HttpResponse

from idp.account.forms import NewAppForm, PasskeyNameForm
from idp.account.visitor import go_to, show, signed_in
from idp.lib.errors import DomainError
from idp.lib.forms import PasskeyForm
from idp.mfa.factors import Factor
from idp.mfa.models import Passkey, TotpDevice
from idp.mfa.services import bound_factors
from idp.signin import own_factors, proofs
from idp.signin.account_center import require_editable
from idp.signin.proofs import Owner


@signed_in("GET", "HEAD", "POST")
def add_passkey(request: HttpRequest, owner: Owner) -> HttpResponse:
    """/account/passkey/add. The browser's part is static/js/passkey.js."""
    proofs.require_proof(owner)
    form, problem = PasskeyForm(request.POST or None), ""
    if form.is_valid():
        ceremony_id, payload = form.cleaned_data["ceremony"], form.cleaned_data["credential"]
        try:
            own_factors.check_new_passkey(owner=owner, ceremony_id=ceremony_id, payload=payload)
            own_factors.bind_passkey(owner=owner, ceremony_id=ceremony_id)
        except DomainError as error:
            problem = error.message
        else:
            return go_to("overview", notice="passkey-added")
    question = own_factors.begin_passkey(owner=owner)
    return show(request, "passkey_add", question=question, problem=problem)


@signed_in("GET", "HEAD", "POST")
def rename_passkey(request: HttpRequest, owner: Owner, passkey: int) -> HttpResponse:
    """/account/passkey/<passkey>"""
    require_editable(owner.center, "passkey")
    proofs.require_proof(owner)
    found = Passkey.objects.filter(user=owner.user, pk=passkey).first()
    if found is None:
        return go_to("overview")
    form = PasskeyNameForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        own_factors.rename_passkey(owner=owner, passkey_id=passkey, name=form.cleaned_data["name"])
        return go_to("overview", notice="passkey-renamed")
    return show(request, "passkey_rename", form=form, passkey=found)


@signed_in("GET", "HEAD", "POST")
def remove_passkey(request: HttpRequest, owner: Owner, passkey: int) -> HttpResponse:
    """/account/passkey/<passkey>/remove"""
    found = Passkey.objects.filter(user=owner.user, pk=passkey).first()
    if found is None:
        return go_to("overview")
    return _remove(request, owner, Factor.WEBAUTHN, notice="passkey-removed", passkey=found)


@signed_in("GET", "HEAD", "POST")
def app(request: HttpRequest, owner: Owner) -> HttpResponse:
    """/account/authenticator-app: scan the key, and prove it with a code; the new app takes the place of the old one."""
    proofs.require_proof(owner)
    form = NewAppForm(request.POST or None)
    if form.is_valid():
        secret, digits = form.cleaned_data["secret"], form.cleaned_data["code"]
        try:
            own_factors.bind_app(owner=owner, secret=secret, digits=digits, replace=True)
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            return go_to("overview", notice="app-added")
    app = own_factors.new_app(owner=owner, secret=request.POST.get("secret", ""))
    has_one = TotpDevice.objects.filter(user=owner.user).exists()
    return show(request, "app", form=form, app=app, has_one=has_one)


@signed_in("GET", "HEAD", "POST")
def remove_app(request: HttpRequest, owner: Owner) -> HttpResponse:
    """/account/authenticator-app/remove"""
    if Factor.TOTP not in bound_factors(owner.user):
        return go_to("overview")
    return _remove(request, owner, Factor.TOTP, notice="app-removed")


@signed_in("GET", "HEAD", "POST")
def backup_codes(request: HttpRequest, owner: Owner) -> HttpResponse:
    """/account/backup-codes/generate: asks first (those before are void), then shows the new ones, once."""
    require_editable(owner.center, "mfa")
    proofs.require_proof(owner)
    codes, problem = list[str](), ""
    if request.method == "POST":
        try:
            codes = own_factors.new_backup_codes(owner=owner)
        except DomainError as error:
            problem = error.message
    has_some = Factor.BACKUP_CODE in bound_factors(owner.user)
    return show(
        request, "backup_codes", codes=codes, text="\n".join(codes), problem=problem, has_some=has_some
    )  # fmt: skip


def _remove(
    request: HttpRequest, owner: Owner, factor: Factor, *, notice: str, passkey: Passkey | None = None
) -> HttpResponse:
    require_editable(owner.center, own_factors.field_of(factor))
    proofs.require_proof(owner)
    problem = ""
    if request.method == "POST":
        try:
            own_factors.remove(owner=owner, factor=factor, passkey_id=passkey.pk if passkey else None)
        except DomainError as error:
            problem = error.message
        else:
            return go_to("overview", notice=notice)
    return show(request, "factor_remove", passkey=passkey, problem=problem)
