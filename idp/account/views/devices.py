"""Where the person is signed in, which devices they trust, and which applications they have let in: the end of either."""

from django.http import HttpRequest, HttpResponse

from idp.account.visitor import go_to, signed_in
from idp.applications.models import Application
from idp.signin import own_account, own_factors
from idp.signin.account_center import require_editable
from idp.signin.proofs import Owner
from idp.tokens.grants import revoke_application_access


@signed_in("POST")
def end_one(request: HttpRequest, owner: Owner, sid: str) -> HttpResponse:
    """One of the person's own; one that has ended already needs no end."""
    own_account.end_session(owner=owner, sid=sid)
    return go_to("overview", notice="session-ended")


@signed_in("POST")
def end_others(request: HttpRequest, owner: Owner) -> HttpResponse:
    own_account.end_other_sessions(owner=owner)
    return go_to("overview", notice="sessions-ended")


@signed_in("POST")
def revoke(request: HttpRequest, owner: Owner, application_id: str) -> HttpResponse:
    require_editable(owner.center, "session")
    application = Application.objects.filter(pk=application_id).first()
    if application is not None:
        revoke_application_access(by=owner.user.audit_name, user=owner.user, application=application)
    return go_to("overview", notice="access-revoked")


@signed_in("POST")
def forget(request: HttpRequest, owner: Owner, device: int) -> HttpResponse:
    """The second factor is asked for again there; one that is not trusted any more needs nothing."""
    own_factors.forget_device(owner=owner, device_id=device)
    return go_to("overview", notice="device-forgotten")
