"""The keys that sign tokens: which there are, replacing one, taking an old one out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from console.access import Permission, administrator, needs
from console.forms.signing_keys import RotateForm
from console.reauthentication import proven
from idp.tokens.errors import OnlyPreviousKeysCanBeDeleted
from idp.tokens.keys import ALGORITHMS, key_id
from idp.tokens.models import SigningKey
from idp.tokens.rotation import delete_key, rotate

_ORDER = (SigningKey.Status.NEXT, SigningKey.Status.CURRENT, SigningKey.Status.PREVIOUS)
_USES = {
    "ES384": "The default: short signatures.",
    "RS256": "For older libraries, and for those that know nothing else.",
}


@needs(Permission.READ)
@require_safe
def key_list(request: HttpRequest) -> HttpResponse:
    keys = sorted(
        SigningKey.objects.order_by("-created_at"), key=lambda key: _ORDER.index(SigningKey.Status(key.status))
    )
    groups = [
        (algorithm, _USES[algorithm], [(key, key_id(key)) for key in keys if key.algorithm == algorithm])
        for algorithm in ALGORITHMS
    ]
    return render(request, "console/signing_keys/list.html", {"groups": groups})


@needs(Permission.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def key_rotate(request: HttpRequest, algorithm: str) -> HttpResponse:
    if algorithm not in ALGORITHMS:
        raise Http404
    form = RotateForm(request.POST or None)
    if form.is_valid():
        key = rotate(by=administrator(request).audit_name, algorithm=algorithm, grace=form.period())
        messages.success(request, _what_happens(key))
        return redirect("console:signing-key-list")
    waiting = SigningKey.objects.filter(algorithm=algorithm, status=SigningKey.Status.NEXT).first()
    context = {"form": form, "algorithm": algorithm, "waiting": waiting}
    return render(request, "console/signing_keys/rotate.html", context)


@needs(Permission.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def key_delete(request: HttpRequest, pk: str) -> HttpResponse:
    key = get_object_or_404(SigningKey, pk=pk)
    if request.method == "POST":
        try:
            delete_key(by=administrator(request).audit_name, key=key)
        except OnlyPreviousKeysCanBeDeleted as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "The key is deleted. Tokens that it signed are no longer accepted.")
        return redirect("console:signing-key-list")
    return render(request, "console/signing_keys/delete.html", {"key": key, "kid": key_id(key)})


def _what_happens(key: SigningKey) -> str:
    key.refresh_from_db()
    if key.status == SigningKey.Status.CURRENT:
        return f"A new {key.algorithm} key signs from now on."
    return f"A new {key.algorithm} key is published and takes over at {key.effective_at:%-d %b %Y, %H:%M} UTC."
