"""What Django is told about the shared cache, from CACHE_URL."""

from typing import Any


def complete(cache: dict[str, Any]) -> dict[str, Any]:
    """`cache` is what django-environ read. A Redis that hangs must not hang those who ask it; one that was restarted is asked again."""
    if not cache["BACKEND"].endswith("RedisCache"):
        return cache
    from redis.backoff import NoBackoff  # noqa: PLC0415  an extra
    from redis.retry import Retry  # noqa: PLC0415  an extra

    patience = {"socket_connect_timeout": 0.5, "socket_timeout": 1, "retry": Retry(NoBackoff(), 1)}
    return cache | {"BACKEND": "idp.lib.redis_cache.RedisCache", "OPTIONS": patience | cache.get("OPTIONS", {})}
