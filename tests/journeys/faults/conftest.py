from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.journeys.harness import documents
from tests.journeys.harness.engines import PostgreSQL, Redis, private_postgresql, private_redis
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer, running_server
from tests.journeys.harness.person import PASSWORD

HERE = Path(__file__).parent
PRODUCTION = {
    "DEBUG": "false", "SECRET_KEY": "f" * 50, "ENCRYPTION_KEYS": Fernet.generate_key().decode(), "LOG_REQUESTS": "false",
    "PWNED_API_BASE_URL": "", "FAILURES_PER_DEVICE": "100000",
}  # fmt: skip
ADA = {"username": "ada_faults", "password": PASSWORD}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.fault)


@dataclass
class Stage:
    """Two web workers and a background worker, with a database and a Redis that nobody else uses."""

    server: LiveServer
    postgresql: PostgreSQL
    redis: Redis


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory, inbox: Inbox) -> Iterator[Stage]:
    with ExitStack() as stack:
        postgresql = stack.enter_context(private_postgresql())
        redis = stack.enter_context(private_redis())
        variables = PRODUCTION | {
            "DATABASE_URL": postgresql.url, "CACHE_URL": f"{redis.url}/0", "QUEUE_URL": f"{redis.url}/1",
            "WEB_CONCURRENCY": "2", "TWILIO_API_BASE_URL": inbox.twilio.base_url,
        }  # fmt: skip
        server = stack.enter_context(running_server(tmp_path_factory.mktemp("stage"), "--migrate", **variables))
        server.apply(documents.everything_but_the_experience(inbox.smtp))
        yield Stage(server, postgresql, redis)
        server.assert_running()
