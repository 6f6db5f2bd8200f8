"""The compiled lookup finds what the ORM finds."""

from typing import Any

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from idp.lib.ids import digest
from idp.lib.lookup import Lookup
from idp.tokens.models import AccessToken, AuthorizationCode, RefreshToken

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_the_same_row_with_its_relations_in_one_statement(signed_in: dict[str, Any], kind: str) -> None:
    model = {"access_token": AccessToken, "refresh_token": RefreshToken}[kind]
    key = digest(signed_in[kind])
    expected = model.objects.select_related("grant", "user").get(pk=key)
    lookup: Lookup[Any] = Lookup(model, "grant", "user")
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            found = lookup.find(key)
            assert found.user.username == "ada"
            assert found.grant.resource == []
        assert len(captured) == 1
        assert model_to_dict(found) == model_to_dict(expected)
        assert (found.created, found.expires, found.user, found.grant) == (
            expected.created, expected.expires, expected.user, expected.grant,
        )  # fmt: skip
        assert not found._state.adding


def test_a_missing_relation_is_none(signed_in: dict[str, Any]) -> None:
    AccessToken.objects.update(grant=None)
    found = Lookup(AccessToken, "grant", "user").find(digest(signed_in["access_token"]))
    assert found is not None
    assert found.grant is None


def test_by_another_unique_field(signed_in: dict[str, Any]) -> None:
    code = AuthorizationCode.objects.get()
    assert Lookup(AuthorizationCode, "grant", field="code").find(code.code) == code


def test_nobody(signed_in: dict[str, Any]) -> None:
    assert Lookup(AccessToken).find("unknown") is None
