"""Machines of organizations."""

import pytest

from idp.api.management.errors import NoSuchEntity
from idp.api.management.finding import locked
from idp.applications.services import create_application
from idp.authorization import machines
from idp.authorization.errors import NotWorkingThere
from idp.authorization.models import ApplicationMembership
from idp.organizations.models import Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone() -> ApplicationMembership:
    """What a caller holds when somebody else was quicker."""
    readers = Organization.objects.create(name="Readers")
    job = create_application(by="test", name="Job", type="MachineToMachine")
    machines.add_machine(by="test", organization=readers, application=job)
    found = ApplicationMembership.objects.select_related("organization").get()
    machines.remove_machine(by="test", organization=readers, application_id=job.pk)
    return found


def test_roles_of_one_that_was_removed_meanwhile(gone: ApplicationMembership) -> None:
    with pytest.raises(NotWorkingThere):
        machines.set_machine_roles(by="test", membership=gone, roles=[])


def test_it_cannot_be_locked_either(gone: ApplicationMembership) -> None:
    with pytest.raises(NoSuchEntity), locked(gone):
        pass
