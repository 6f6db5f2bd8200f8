"""What a person takes away of their own: here, what they may do and where."""

import pytest

from idp.authorization.roles import create_role, give_to_users
from idp.organizations.roles import create_role as create_organization_role
from idp.organizations.services import add_member, create_organization
from idp.signin import personal_data
from idp.users.models import User

pytestmark = pytest.mark.django_db


def test_roles_and_memberships(ada: User) -> None:
    give_to_users(by="test", role=create_role(by="test", name="Reader"), users=[ada])
    guild = create_organization(by="test", name="Guild")
    add_member(
        by="test", organization=guild, user=ada, roles=[create_organization_role(by="test", name=name) for name in "ba"]
    )
    taken = personal_data.export(user=ada)
    assert taken["roles"] == ["Reader"]
    assert taken["organizations"] == [{"id": guild.pk, "name": "Guild", "roles": ["a", "b"]}]
