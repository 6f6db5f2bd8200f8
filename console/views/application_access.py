"""What an application holds: its secrets and addresses, and the grants of people; the end of those."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.access import Permission, administrator, needs
from console.views.application import endpoints, guide_of, managed_application
from idp.tokens.grants import grants_of_application, revoke_all_of_application
from idp.tokens.models import Grant
from idp.tokens.services import revoke_grant

PAGE_SIZE = 20
LISTED = 1000  # the newest; counting more costs as much as reading them


@needs(Permission.READ)
@require_safe
def credentials(request: HttpRequest, pk: str) -> HttpResponse:
    application = managed_application(pk)
    context = {
        "application": application,
        "guide": guide_of(application),
        "secrets": [] if application.is_public else application.secrets.order_by("created_at"),
        "endpoints": endpoints(),
    }
    return render(request, "console/applications/credentials.html", context)


@needs(Permission.READ)
@require_safe
def access(request: HttpRequest, pk: str) -> HttpResponse:
    application = managed_application(pk)
    paginator = Paginator(grants_of_application(application)[:LISTED], PAGE_SIZE)
    context = {
        "application": application,
        "guide": guide_of(application),
        "page": paginator.get_page(request.GET.get("page")),
        "count": paginator.count,
        "are_all": paginator.count < LISTED,
    }
    return render(request, "console/applications/access.html", context)


@needs(Permission.MANAGE)
@require_POST
def grant_revoke(request: HttpRequest, pk: str, grant_id: str) -> HttpResponse:
    application = managed_application(pk)
    grant = get_object_or_404(Grant.objects.select_related("user"), application=application, pk=grant_id)
    revoke_grant(grant=grant, reason="access revoked", by=administrator(request).audit_name)
    messages.success(request, f"{grant.user.display_name} has to sign in to {application.name} again.")
    return redirect("console:application-access", pk)


@needs(Permission.MANAGE)
@require_POST
def access_revoke(request: HttpRequest, pk: str) -> HttpResponse:
    application = managed_application(pk)
    if "sure" not in request.POST:
        messages.warning(request, "Nothing was revoked: tick the box first.")
        return redirect("console:application-access", pk)
    ended = revoke_all_of_application(by=administrator(request).audit_name, application=application)
    messages.success(request, f"{ended} grant{'' if ended == 1 else 's'} of {application.name} ended.")
    return redirect("console:application-access", pk)
