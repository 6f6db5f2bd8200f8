"""What new passwords must be, when guessing stops, and where text messages may go."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from connectors.registry import captcha_kinds
from console.access import Permission, administrator, needs
from console.editing import edit
from console.experience_forms import answered, edit_experience, experience
from console.forms.captcha import OWN_NAME, CaptchaForm
from console.forms.security import EmailsForm, PasswordsForm, PolicyForm, ProtectionForm, TextMessagesForm
from idp.audit.models import EventFilter
from idp.verification import captcha, fraud
from idp.verification.errors import CaptchaInvalid
from idp.verification.models import CaptchaProvider, SmsAlert

ALERTS_SHOWN = 20


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    """The first tab: passwords."""
    return _tab(request, PasswordsForm, "security", "passwords")


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def security_protection(request: HttpRequest) -> HttpResponse:
    return _tab(request, ProtectionForm, "security-protection", "protection", captcha_name=_captcha_name())


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def security_emails(request: HttpRequest) -> HttpResponse:
    return _tab(request, EmailsForm, "security-emails", "emails")


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def security_messages(request: HttpRequest) -> HttpResponse:
    return _tab(request, TextMessagesForm, "security-messages", "messages")


def _tab(request: HttpRequest, form: type[PolicyForm], name: str, template: str, **more: Any) -> HttpResponse:
    editing = edit_experience(request, form)
    if answer := answered(request, editing, f"console:{name}"):
        return answer
    context = {"form": editing.form, "alerts": fraud.alerts()[:ALERTS_SHOWN], **more}
    return render(request, f"console/security/{template}.html", context, status=editing.status)


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def security_captcha(request: HttpRequest) -> HttpResponse:
    """Who tells people from robots: this server, or a provider with keys."""

    def load(lock: bool) -> CaptchaProvider | None:
        experience(lock)  # there is no row to lock while this server asks by itself
        return captcha.stored_provider()

    editing = edit(
        request, load=load, build=CaptchaForm, write=lambda _, form: _save_captcha(request, form),
        about=EventFilter(key="captcha.provider_saved"),
    )  # fmt: skip
    if editing.saved:
        editing.announce(request)
        return redirect("console:security-protection")
    return render(request, "console/security/captcha.html", {"form": editing.form}, status=editing.status)


def _save_captcha(request: HttpRequest, form: CaptchaForm) -> bool:
    by = administrator(request).audit_name
    try:
        if form.cleaned_data["type"] == captcha.OWN:
            captcha.use_own(by=by)
        else:
            captcha.save_provider(by=by, type=form.cleaned_data["type"], config=form.config())
    except CaptchaInvalid as error:
        form.show_problems(error)
        return False
    return True


def _captcha_name() -> str:
    provider = captcha.stored_provider()
    return captcha_kinds()[provider.type].name if provider is not None else OWN_NAME


@needs(Permission.MANAGE)
@require_POST
def alert_dismiss(request: HttpRequest, alert_id: int) -> HttpResponse:
    alert = get_object_or_404(SmsAlert, pk=alert_id)
    fraud.dismiss(by=administrator(request).audit_name, alert=alert)
    return redirect("console:security-messages")


@needs(Permission.MANAGE)
@require_POST
def alert_unblock(request: HttpRequest, alert_id: int) -> HttpResponse:
    alert = get_object_or_404(SmsAlert, pk=alert_id, kind=SmsAlert.Kind.PREFIX)
    fraud.unblock(by=administrator(request).audit_name, alert=alert)
    messages.success(request, f"Messages go to +{alert.subject}… again.")
    return redirect("console:security-messages")
