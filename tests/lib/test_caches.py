from idp.lib.caches import complete


def test_redis_is_not_waited_for() -> None:
    options = complete(
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://x", "OPTIONS": {"db": 3}}
    )["OPTIONS"]
    assert (options["socket_timeout"], options["socket_connect_timeout"], options["db"]) == (1, 0.5, 3)


def test_others_stay_as_they_are() -> None:
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "latchkey"}
    assert complete(memory) == memory
