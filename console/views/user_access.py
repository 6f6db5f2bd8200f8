"""Where a person is signed in, and which applications they have let in: the end of either."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from console.access import Permission, administrator, needs
from idp.applications.models import Application
from idp.signin.sessions import end_all_sessions, end_session, live_sessions
from idp.tokens.grants import revoke_application_access
from idp.users.models import User


@needs(Permission.SUPPORT, person=True)
@require_POST
def session_end(request: HttpRequest, pk: str, sid: str) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    session = live_sessions(user).filter(sid=sid).first()
    if session is None:
        messages.warning(request, "This session has ended already.")
    else:
        end_session(by=administrator(request).audit_name, session=session)
        messages.success(request, f"{user.display_name} is signed out of that browser.")
    return redirect("console:user-sessions", pk)


@needs(Permission.SUPPORT, person=True)
@require_POST
def session_end_all(request: HttpRequest, pk: str) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    end_all_sessions(by=administrator(request).audit_name, user=user)
    messages.success(request, f"{user.display_name} is signed out everywhere.")
    return redirect("console:user-sessions", pk)


@needs(Permission.SUPPORT, person=True)
@require_POST
def application_revoke(request: HttpRequest, pk: str, application_id: str) -> HttpResponse:
    user, application = get_object_or_404(User, pk=pk), get_object_or_404(Application, pk=application_id)
    revoke_application_access(by=administrator(request).audit_name, user=user, application=application)
    messages.success(request, f"{application.name} no longer has access to this account.")
    return redirect("console:user-sessions", pk)
