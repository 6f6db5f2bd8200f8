"""What an organization may be, and who belongs to it."""

from typing import Any

import pytest

from idp.organizations import services
from idp.organizations.errors import OrganizationInvalid
from idp.organizations.models import Organization
from idp.users.services import create_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 129}, "name"),
        ({"description": "x" * 257}, "description"),
        ({"custom_data": []}, "custom_data"),
        ({"color": {"primaryColor": "green"}}, "primaryColor"),
        ({"branding": {"logoUrl": "javascript:alert(1)"}}, "logoUrl"),
        ({"custom_css": "a {"}, "custom_css"),
        ({"id": "other"}, "id"),
    ],
)
def test_what_it_cannot_be(changes: dict[str, Any], field: str) -> None:
    readers = services.create_organization(by="test", name="Readers")
    with pytest.raises(OrganizationInvalid) as refused:
        services.update_organization(by="test", organization=readers, **changes)
    assert refused.value.field == field
    assert Organization.objects.get().name == "Readers"


def test_members_once_and_by_name() -> None:
    ada = create_user(by="test", username="ada")
    names = ["Writers", "Readers"]
    for name in names:
        organization = services.create_organization(by="test", name=name)
        assert services.add_member(by="test", organization=organization, user=ada)
        assert not services.add_member(by="test", organization=organization, user=ada)
    services.create_organization(by="test", name="Others")
    assert [one.name for one in Organization.objects.of(ada.pk)] == ["Readers", "Writers"]
