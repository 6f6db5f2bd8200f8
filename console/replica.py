"""Pages of long lists and sums read from the replica, if there is one."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from idp.lib import replica
from idp.lib.outage import is_outage

logger = logging.getLogger(__name__)
_COOKIE, _SECONDS = "_changed", 10  # a change is in the replica by then


def reads_replica(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For a view that only reads, below `needs`: who looks is never asked of the replica.

    Whoever has just changed something sees it, for they read from the database itself for ten seconds; and so does everybody while the
    replica does not answer.
    """

    @wraps(view)
    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not replica.exists() or _COOKIE in request.COOKIES:
            return view(request, *args, **kwargs)
        try:
            with replica.reading():
                return view(request, *args, **kwargs)
        except Exception as error:
            if not is_outage(error):
                raise
            logger.warning("The replica does not answer; %s reads from the database", view.__name__, exc_info=error)
            return view(request, *args, **kwargs)

    return read


def remember_change(response: HttpResponseBase) -> None:
    """The browser has changed something: its next pages must show it."""
    if replica.exists():
        response.set_cookie(_COOKIE, "1", max_age=_SECONDS, path="/console/", httponly=True, samesite="Strict")
