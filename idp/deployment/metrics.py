"""What Prometheus is told: the counters of every process, and what waits in the database at this moment."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from idp.audit.models import Event
from idp.deployment.models import Heartbeat
from idp.lib import metrics
from idp.messaging.models import PendingMessage
from idp.tokens.models import LogoutNotice

_METHODS = {"password", "code", "passkey", "session", "link"}
_SENDS = {
    "verification.code_sent": "sent",
    "verification.send_failed": "failed",
    "verification.rate_limited": "limited",
}


def count_event(event: Event, **_: Any) -> None:
    """Sign-ins and codes are counted by what the audit log says about them."""
    if event.key in _SENDS:
        metrics.count("code_sends", str(event.data.get("channel", "unknown")), _SENDS[event.key])
    elif event.key in ("user.signed_in", "user.sign_in_failed"):
        method = event.data.get("method")
        outcome = "succeeded" if event.succeeded else "failed"
        metrics.count("sign_ins", method if method in _METHODS else "unknown", outcome)
    elif event.key == "verification.wrong_code":
        metrics.count("sign_ins", "code", "failed")
    elif event.key == "identifier.locked_out":
        metrics.count("sign_ins", "unknown", "locked_out")


def text() -> bytes:
    """In Prometheus's own format; of all processes that share METRICS_DIR."""
    from prometheus_client import CollectorRegistry, generate_latest, multiprocess  # noqa: PLC0415  see idp.lib.metrics

    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=settings.METRICS_DIR)  # type: ignore[no-untyped-call]
    registry.register(_Waiting())
    return generate_latest(registry)


def prepare_directory() -> None:
    """Forget the numbers of processes that are gone: in a container their ids come again."""
    if not settings.METRICS_TOKEN:
        return
    for file in Path(settings.METRICS_DIR).glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        if not pid.isdigit() or int(pid) == os.getpid() or not Path(f"/proc/{pid}").exists():
            file.unlink(missing_ok=True)


class _Waiting:
    """Read when it is asked for."""

    def collect(self) -> Iterable[Any]:
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415  see idp.lib.metrics

        now = timezone.now()
        waiting = {
            "messages": PendingMessage.objects.filter(expires_at__gt=now).count(),
            "logout_notices": LogoutNotice.objects.filter(
                delivered_at=None, given_up_at=None, next_attempt_at__lte=now
            ).count(),
        }
        depth = GaugeMetricFamily("latchkey_queue_depth", "What waits for the background worker", labels=["queue"])
        for name, number in waiting.items():
            depth.add_metric([name], number)
        yield depth
        seen = Heartbeat.objects.aggregate(seen=Max("seen_at"))["seen"]
        if seen is not None:
            words = "Seconds since a background worker showed that it lives"
            yield GaugeMetricFamily("latchkey_worker_age_seconds", words, value=max(0.0, (now - seen).total_seconds()))
