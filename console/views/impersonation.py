"""Acting as a person, for support: a token for one application, with a reason (docs/adr/0014-impersonation.md)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from console.access import Permission, administrator, needs
from console.forms.impersonation import ImpersonationForm
from console.reauthentication import proven
from idp.applications.models import Application
from idp.lib.errors import DomainError
from idp.tokens.impersonation import impersonate
from idp.tokens.subjects import IMPERSONATION_TOKEN
from idp.users.models import User


@needs(Permission.MANAGE, person=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def user_impersonate(request: HttpRequest, pk: str) -> HttpResponse:
    """The token is the answer to the POST, and shown nowhere else."""
    user = get_object_or_404(User, pk=pk)
    applications = Application.objects.managed().filter(allow_token_exchange=True, is_third_party=False)
    form = ImpersonationForm(request.POST or None, applications.order_by("name", "pk"))
    if form.is_valid():
        application: Application = form.cleaned_data["application"]
        try:
            token = impersonate(
                by=administrator(request), user=user, application=application, reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            context = {"person": user, "application": application, "token": token, "command": _curl(application, token)}
            return render(request, "console/users/impersonated.html", context)
    return render(
        request, "console/users/impersonate.html", {"person": user, "form": form, "any": applications.exists()}
    )


def _curl(application: Application, token: str) -> str:
    secret = [] if application.is_public else ["--data-urlencode client_secret=$CLIENT_SECRET"]
    lines = [
        f"curl {settings.ISSUER}/token", "-d grant_type=urn:ietf:params:oauth:grant-type:token-exchange",
        f"-d client_id={application.pk}", *secret, f"-d subject_token={token}",
        f"-d subject_token_type={IMPERSONATION_TOKEN}", '-d scope="openid profile"',
    ]  # fmt: skip
    return " \\\n  ".join(lines)
