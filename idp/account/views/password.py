"""/account/password: a new one, by the current one; where there is none, after a proof of the person."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from idp.account.forms import NewPasswordForm
from idp.account.visitor import go_to, show, signed_in
from idp.lib.errors import DomainError
from idp.signin import own_account, proofs
from idp.signin.account_center import require_editable
from idp.signin.errors import InvalidCredentials
from idp.signin.models import SignInExperience
from idp.signin.proofs import Owner
from idp.verification.errors import Blocked


@sensitive_post_parameters("current", "password")
@signed_in("GET", "HEAD", "POST")
def change(request: HttpRequest, owner: Owner) -> HttpResponse:
    require_editable(owner.center, "password")
    user = owner.user
    if not user.has_password:
        proofs.require_proof(owner)
    policy = SignInExperience.load().passwords
    form = NewPasswordForm(request.POST or None, policy=policy, has_password=user.has_password)
    if form.is_valid():
        try:
            own_account.change_password(
                owner=owner,
                current=form.cleaned_data.get("current", ""),
                password=form.cleaned_data["password"],
            )
        except (InvalidCredentials, Blocked) as error:
            form.add_error("current", error.message)
        except DomainError as error:
            form.add_error("password", error.message)
        else:
            return go_to("overview", notice="password-changed")
    return show(request, "password", form=form, person=user)
