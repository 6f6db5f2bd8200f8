from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from idp.tokens.keys import ensure_keys


@pytest.fixture(autouse=True)
def _keys(transactional_db: Any) -> None:
    ensure_keys()


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Call a function from many threads at the same moment; returns the answers or the exceptions."""

    def run(action: Callable[[int], Any], times: int = 12) -> list[Any]:
        barrier = Barrier(times)

        def one(number: int) -> Any:
            barrier.wait()
            try:
                return action(number)
            except Exception as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))

    return run
