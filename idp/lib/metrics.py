"""What is counted for Prometheus, by every room; `idp.deployment` hands it out. Nothing is counted without METRICS_TOKEN.

Labels come from short lists of our own, never from what somebody sent: each new value would be a series of its own.
"""

from functools import cache
from typing import Any

from django.conf import settings

_COUNTERS = {
    "sign_ins": ("Sign-ins by what proved the person, and how they ended", ("method", "outcome")),
    "code_sends": ("One-time codes by channel, and what became of the wish to send one", ("channel", "outcome")),
    "messages": ("Messages by connector, and what its provider said", ("connector", "outcome")),
    "token_grants": ("Answers of the token endpoint by grant type and outcome", ("grant_type", "outcome")),
}
_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds


def count(name: str, *labels: str) -> None:
    if settings.METRICS_TOKEN:
        _counter(name, labels).inc()


def observe_request(group: str, status: int, seconds: float) -> None:
    if settings.METRICS_TOKEN:
        _latency(group, f"{status // 100}xx").observe(seconds)


@cache
def _families() -> dict[str, Any]:
    from prometheus_client import Counter  # noqa: PLC0415  takes its time, and decides at once where it keeps the numbers

    return {name: Counter(f"latchkey_{name}", words, labels) for name, (words, labels) in _COUNTERS.items()}


@cache
def _counter(name: str, labels: tuple[str, ...]) -> Any:
    return _families()[name].labels(*labels)


@cache
def _histogram() -> Any:
    from prometheus_client import Histogram  # noqa: PLC0415  as above

    return Histogram("latchkey_request_seconds", "Time to answer", ("group", "status"), buckets=_BUCKETS)


@cache
def _latency(group: str, status: str) -> Any:
    return _histogram().labels(group, status)
