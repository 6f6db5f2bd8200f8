"""The sign-in page as it would look with settings that are not saved yet, for the console."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from idp.lib import countries
from idp.pages.forms import IdentifierForm
from idp.pages.terms import agreement
from idp.signin.models import SignInExperience


def sign_in_preview(request: HttpRequest, experience: SignInExperience, draft_stylesheet: str = "") -> HttpResponse:
    """The first page that a visitor meets: sign-in, or sign-up when that is all there is. It does nothing.

    `draft_stylesheet` is the address of CSS that is not saved.
    """
    signing_in = experience.allows_sign_in
    kinds = [method["identifier"] for method in experience.methods] if signing_in else experience.sign_up["identifiers"]
    agreed = agreement(experience, "SignIn" if signing_in else "Register")
    form = IdentifierForm(
        kinds=kinds,
        with_password=signing_in and not any(method["verificationCode"] for method in experience.methods),
        agreement=agreed,
        initial={"country": countries.guess(request)},
    )
    del form.fields["identifier"].widget.attrs["autofocus"]  # the frame's sandbox runs no script and takes no focus
    template = "pages/sign_in.html" if signing_in else "pages/register.html"
    facts = {"experience": experience, "agreement": agreed, "is_preview": True, "draft_stylesheet": draft_stylesheet}
    return render(request, template, {"form": form, **facts})
