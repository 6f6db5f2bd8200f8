"""The cache in Redis makes one client and keeps it, whatever thread asks."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.lib.redis_cache import RedisCache

REDIS = os.environ.get("CACHE_URL", "")
pytestmark = pytest.mark.skipif(not REDIS.startswith("redis"), reason="needs Redis: CACHE_URL says where")


def test_one_client_for_everybody() -> None:
    kept = RedisCache(REDIS.rpartition("/")[0] + "/15", {"KEY_PREFIX": os.urandom(8).hex()})
    client = kept._cache.get_client()
    kept.set("number", 7, timeout=5)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _: kept.get("number"), range(40))) == [7] * 40
    assert kept._cache.get_client(write=True) is client
