"""The way from the sign-in pages back to a page of our own that needs to know its visitor: the account pages."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from idp.lib.http import see_other
from idp.oidc.errors import OidcError
from idp.signin import cookies, interactions, sessions
from idp.signin.models import Interaction, Session
from idp.users.models import User


def resume(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """The person has signed in: a session, and back to the page. No client takes part, so nobody gets a code."""
    if not interaction.result:
        return see_other(f"/sign-in?{urlencode({'app_id': interaction.application_id})}")
    session, token = start_session(request, interaction)
    response = see_other(interactions.page_of(interaction))
    cookies.remember_session(response, session, token)
    return response


def start_session(request: HttpRequest, interaction: Interaction) -> tuple[Session, str]:
    """The session of whoever has signed in here, with its cookie's value; the interaction is over. Raises OidcError."""
    result = interaction.result
    user = User.objects.filter(pk=result["user"], is_suspended=False).first()
    if user is None:
        raise OidcError("access_denied", "the account cannot be used")
    interactions.close(interaction)
    return sessions.start_session(request=request, user=user, method=result["method"], amr=result.get("amr", []))
