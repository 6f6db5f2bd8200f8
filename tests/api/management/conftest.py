from typing import Any

import pytest

from idp.applications.models import Application
from tests.api.management.callers import Caller, machine_token, new_machine


@pytest.fixture
def robot(db: Any) -> Application:
    return new_machine()


@pytest.fixture
def machine(robot: Application) -> Caller:
    """A machine-to-machine application with the Management API."""
    return Caller(machine_token(robot))
