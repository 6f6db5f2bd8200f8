"""Keys with which scripts of administrators call the Management API: everybody's own, and for owners those of all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.access import Permission, administrator, needs
from console.forms.api_keys import ApiKeyForm
from console.reauthentication import proven
from idp.users import api_keys
from idp.users.errors import TooManyApiKeys
from idp.users.models import ApiKey


@needs(Permission.PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def create(request: HttpRequest) -> HttpResponse:
    """The key is part of the answer to the POST, once, and of nothing else."""
    form = ApiKeyForm(request.POST or None)
    if form.is_valid():
        try:
            row, key = api_keys.create(
                administrator=administrator(request), name=form.cleaned_data["name"], lifetime=form.lifetime
            )
        except TooManyApiKeys as error:
            form.add_error(None, error.message)
        else:
            return render(request, "console/api_keys/created.html", {"row": row, "key": key})
    return render(request, "console/api_keys/create.html", {"form": form})


@needs(Permission.PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_own(request: HttpRequest, key_id: str) -> HttpResponse:
    row = get_object_or_404(
        ApiKey.objects.select_related("administrator"), pk=key_id, administrator=administrator(request)
    )
    return _revoke(request, row, back="account")


@needs(Permission.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, key_id: str) -> HttpResponse:
    row = get_object_or_404(ApiKey.objects.select_related("administrator"), pk=key_id)
    return _revoke(request, row, back="administrator-list")


def _revoke(request: HttpRequest, row: ApiKey, *, back: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, "console/api_keys/revoke.html", {"row": row, "back": reverse(f"console:{back}")})
    api_keys.revoke(by=administrator(request).audit_name, key=row)
    messages.success(request, f"The API key “{row.name}” is revoked. Whatever used it is refused from now on.")
    return redirect(f"console:{back}")
