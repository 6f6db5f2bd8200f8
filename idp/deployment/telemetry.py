"""Errors to Sentry and traces to OpenTelemetry, when their variables are set; both are extras. What people type, secrets and
the variables of our code go to neither.
"""

from importlib.util import find_spec
from typing import Any

from django.conf import settings

# Where instrumentation puts addresses with their query: codes and tokens travel in it.
_QUERIES = ("http.url", "http.target", "url.full", "url.query")


def missing() -> list[str]:
    """Extras whose variable is set and which are not installed."""
    wanted = {"sentry": (settings.SENTRY_DSN, "sentry_sdk"), "otel": (settings.OTEL_ENDPOINT, "opentelemetry")}
    return [extra for extra, (variable, package) in wanted.items() if variable and find_spec(package) is None]


def start() -> None:
    """In each process once, after it was forked: both have threads of their own."""
    if settings.SENTRY_DSN:
        _start_sentry()
    if settings.OTEL_ENDPOINT:
        _start_otel()


def _start_sentry() -> None:
    import sentry_sdk  # noqa: PLC0415  an extra

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN, send_default_pii=False, include_local_variables=False, max_request_body_size="never",
        max_breadcrumbs=0, before_send=without_request,
    )  # fmt: skip


def without_request(event: Any, hint: Any) -> Any:
    """Method and path are enough to find it in the log."""
    request = event.get("request", {})
    event["request"] = {key: request[key] for key in ("method", "url") if key in request}
    event["request"]["url"] = event["request"].get("url", "").partition("?")[0]
    event.pop("user", None)
    return event


def _start_otel() -> None:
    from opentelemetry import trace  # noqa: PLC0415  an extra
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.instrumentation.django import DjangoInstrumentor  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": "latchkey"}))
    provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{settings.OTEL_ENDPOINT.rstrip('/')}/v1/traces"))
    )
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(request_hook=without_query)


def without_query(span: Any, request: Any) -> None:
    for name in _QUERIES:
        value = (span.attributes or {}).get(name) if span.is_recording() else None
        if value:
            span.set_attribute(name, "" if name == "url.query" else value.partition("?")[0])
