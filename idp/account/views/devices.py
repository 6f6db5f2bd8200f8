"""Where the person is signed in, and which applications they have let in: the end of either."""

from django.http import HttpRequest, HttpResponse

from idp.account.visitor import go_to, signed_in
from idp.applications.models import Application
from idp.signin.models import Session
from idp.signin.sessions import end_all_sessions, end_session, live_sessions
from idp.tokens.grants import revoke_application_access


@signed_in("POST")
def end_one(request: HttpRequest, session: Session, sid: str) -> HttpResponse:
    """One of the person's own; one that has ended already needs no end."""
    ended = live_sessions(session.user).filter(sid=sid).first()
    if ended is not None:
        end_session(by=session.user.audit_name, session=ended)
    return go_to("overview", notice="session-ended")


@signed_in("POST")
def end_others(request: HttpRequest, session: Session) -> HttpResponse:
    end_all_sessions(by=session.user.audit_name, user=session.user, keep=session)
    return go_to("overview", notice="sessions-ended")


@signed_in("POST")
def revoke(request: HttpRequest, session: Session, application_id: str) -> HttpResponse:
    application = Application.objects.filter(pk=application_id).first()
    if application is not None:
        revoke_application_access(by=session.user.audit_name, user=session.user, application=application)
    return go_to("overview", notice="access-revoked")
