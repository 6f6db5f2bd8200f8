"""Health, for machines: nobody is asked who they are, and nothing is said that an outsider may not know."""

import hmac
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from idp.deployment import metrics, schema
from idp.deployment.models import Heartbeat
from idp.lib import replica

_ALIVE = timedelta(seconds=60)


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when this worker can reach its database."""
    _database()
    return HttpResponse("ok", content_type="text/plain")


def livez(request: HttpRequest) -> HttpResponse:
    """200 when this worker answers at all. It asks nobody: a restart mends neither a database nor a cache."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Each part and whether it works: 503 when people could not sign in now, 200 otherwise.

    Without the shared cache, a background worker or a replica they still can, so that is told (`degraded`) and sends nobody away:
    all machines share one cache, and none of them would be left.
    """
    parts = {name: _state(works) for name, works in _NEEDED.items()}
    is_ready = set(parts.values()) == {"ok"}
    parts["cache"] = _state(_cache)
    parts["worker"] = _state(_worker) if parts["database"] == parts["migrations"] == "ok" else "unknown"
    if replica.exists():
        parts["replica"] = _state(_replica)
    status = "unavailable" if not is_ready else "ok" if set(parts.values()) == {"ok"} else "degraded"
    response = JsonResponse({"status": status, "parts": parts}, status=200 if is_ready else 503)
    response["Cache-Control"] = "no-store"
    return response


def metrics_text(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with METRICS_TOKEN as its bearer token; without that variable there is nothing here."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse("Send METRICS_TOKEN as the bearer token.\n", status=401, content_type="text/plain")
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _state(works: Callable[[], bool]) -> str:
    """Whatever breaks, this answers: it is what it is asked for."""
    try:
        return "ok" if works() else "failing"
    except Exception:
        return "failing"


def _database(alias: str = DEFAULT_DB_ALIAS) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _replica() -> bool:
    return _database(replica.ALIAS)


def _cache() -> bool:
    cache.set("readyz", "1", timeout=10)
    return bool(cache.get("readyz") == "1")


def _migrations() -> bool:
    return not schema.missing_migrations()


def _worker() -> bool:
    return Heartbeat.objects.filter(seen_at__gt=timezone.now() - _ALIVE).exists()


_NEEDED: dict[str, Callable[[], bool]] = {"database": _database, "migrations": _migrations}
