"""/api/subject-tokens, to act as a person, and /api/one-time-tokens, of links that sign somebody in once."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Status

from idp.api.management import shapes
from idp.api.management.access import Permission, manager, needs, require_may_change
from idp.api.management.errors import NotSupported
from idp.api.management.finding import find
from idp.api.management.paging import Page, paged_if_asked
from idp.api.management.token_schemas import NewOneTimeToken, NewStatus, NewSubjectToken, OneTimeTokenQuery, UsedToken
from idp.lib.ids import digest
from idp.tokens import exchange
from idp.users import identifiers
from idp.users.models import User
from idp.verification import one_time_tokens
from idp.verification.errors import TokenCannotReactivate
from idp.verification.models import OneTimeToken

subject_router = Router(tags=["Subject tokens"])
one_time_router = Router(tags=["One-time tokens"])
_CREATED = {201: dict[str, Any]}


@subject_router.post("", auth=needs(Permission.MANAGE, machines_only=True), response=_CREATED)
def create_subject_token(request: HttpRequest, body: NewSubjectToken) -> Status[dict[str, Any]]:
    """Good once, for ten minutes. Not for API keys: administrators act as a person from the console, where they say why."""
    who = manager(request)
    require_may_change(who, [body.userId])
    token = exchange.create_subject_token(by=who.by, user=find(User, body.userId), context=body.context)
    return Status(201, {"subjectToken": token, "expiresIn": int(exchange.SUBJECT_TOKEN_LIFETIME.total_seconds())})


@one_time_router.get("", auth=needs(Permission.PEOPLE))
def list_one_time_tokens(
    request: HttpRequest, response: HttpResponse, paging: Page, query: Query[OneTimeTokenQuery]
) -> list[dict[str, Any]]:
    """Without the tokens themselves, which are not kept."""
    found = OneTimeToken.objects.order_by("-created_at", "pk")
    if query.email:
        found = found.filter(email=query.email.lower())
    if query.status:
        found = found.filter(_in(query.status))
    return [shapes.one_time_token(one) for one in paged_if_asked(request, response, paging, found)]


@one_time_router.post("", auth=needs(Permission.SUPPORT), response=_CREATED)
def create_one_time_token(request: HttpRequest, body: NewOneTimeToken) -> Status[dict[str, Any]]:
    """The answer is the only one with the token. Your app sends it on as `one_time_token` with `login_hint`."""
    who = manager(request)
    email = identifiers.clean("email", body.email)  # as it is stored, or nobody might be found by it
    owner = User.objects.by_identifier("email", email)
    if owner is not None:
        require_may_change(who, [owner.pk])
    row, token = one_time_tokens.create(
        by=who.by,
        email=email,
        lifetime=timedelta(seconds=body.expiresIn),
        context=body.context,
        by_owner=Permission.OWN in who.granted,
    )
    return Status(201, shapes.one_time_token(row) | {"token": token})


@one_time_router.post("/verify", auth=needs(Permission.SUPPORT))
def verify_one_time_token(request: HttpRequest, body: UsedToken) -> dict[str, Any]:
    """Use it up, in the place of a sign-in."""
    row = one_time_tokens.consume(token_digest=digest(body.token), email=body.email.lower(), prove=_nothing)
    row.refresh_from_db()
    return shapes.one_time_token(row)


@one_time_router.get("/{token_id}", auth=needs(Permission.PEOPLE))
def get_one_time_token(request: HttpRequest, token_id: str) -> dict[str, Any]:
    return shapes.one_time_token(find(OneTimeToken, token_id))


@one_time_router.put("/{token_id}/status", auth=needs(Permission.SUPPORT))
def set_status(request: HttpRequest, token_id: str, body: NewStatus) -> dict[str, Any]:
    """Take it back (`revoked`). What is over stays so."""
    row = find(OneTimeToken, token_id)
    if body.status == "active":
        raise TokenCannotReactivate
    if body.status != "revoked":
        raise NotSupported("status", "a token is taken back with revoked; the others come by themselves.")
    one_time_tokens.revoke(by=manager(request).by, row=row)
    row.refresh_from_db()
    return shapes.one_time_token(row)


def _in(status: str) -> Q:
    """As `shapes.one_time_token` says it: one whose time is over has expired."""
    over = Q(status=OneTimeToken.Status.ACTIVE, expires_at__lte=timezone.now())
    if status == OneTimeToken.Status.EXPIRED:
        return Q(status=status) | over
    return Q(status=status) & ~over


def _nothing() -> None:
    """No sign-in waits for this proof."""
