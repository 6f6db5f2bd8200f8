"""Signing keys: seen, replaced, taken out."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.audit.models import Event
from idp.tokens import keys, rotation
from idp.tokens.models import SigningKey
from tests.console.pages import page
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
LIST = "/console/signing-keys"
ROTATE = f"{LIST}/rotate/ES384"
Status = SigningKey.Status


@pytest.fixture
def client(db: None) -> Client:
    keys.ensure_keys()
    return staff_client()


def key(status: str, algorithm: str = "ES384") -> SigningKey:
    return SigningKey.objects.get(algorithm=algorithm, status=status)


def actor(client: Client) -> str:
    return f"user:{client.session['_auth_user_id']}"


class TestList:
    def test_every_published_key_by_its_kid(self, client: Client) -> None:
        rotation.rotate(by="test", algorithm="ES384", grace=timedelta())
        rotation.rotate(by="test", algorithm="ES384")
        keys.forget()
        text = page(client.get(LIST))
        published = [one["kid"] for one in Client().get("/oidc/jwks").json()["keys"]]
        assert len(published) == 4
        assert all(kid in text for kid in published)
        assert [text.count(f">{status}</span>") for status in ("Next", "Current", "Previous")] == [1, 2, 1]

    def test_the_private_key_stays_inside(self, client: Client) -> None:
        assert "PRIVATE KEY" not in page(client.get(LIST))

    def test_only_a_previous_key_has_a_delete_button(self, client: Client) -> None:
        rotation.rotate(by="test", algorithm="ES384", grace=timedelta())
        text = page(client.get(LIST))
        assert text.count("/delete") == 1
        assert f"{LIST}/{key(Status.PREVIOUS).pk}/delete" in text

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_takes_the_same_queries_for_any_length(
        self, client: Client, django_assert_num_queries: Any, count: int
    ) -> None:
        for _ in range(count):
            rotation.rotate(by="test", algorithm="ES384", grace=timedelta())
        with django_assert_num_queries(8):  # one of them for the keys
            client.get(LIST)

    def test_it_is_in_the_navigation(self, client: Client) -> None:
        assert f'href="{LIST}" aria-current="page"' in page(client.get(LIST))
        assert f'href="{LIST}" aria-current="page"' in page(client.get(ROTATE))


class TestRotate:
    def test_it_says_what_happens(self, client: Client) -> None:
        text = page(client.get(ROTATE))
        for sentence in ("Nobody is signed out", "At once is for a key that has leaked", "In 15 minutes"):
            assert sentence in text
        assert not SigningKey.objects.filter(status=Status.NEXT).exists()

    @pytest.mark.parametrize("seconds", [900, 3600, 86400])
    def test_after_a_grace_period(self, client: Client, seconds: int) -> None:
        response = client.post(ROTATE, {"grace": str(seconds)}, follow=True)
        assert response.redirect_chain[0][0] == LIST
        assert "takes over at" in page(response)
        effective_at = key(Status.NEXT).effective_at
        assert effective_at is not None
        assert timedelta(seconds=seconds - 60) < effective_at - timezone.now() <= timedelta(seconds=seconds)
        assert key(Status.CURRENT).retired_at is None
        assert Event.objects.get(key="signing_key.rotated").actor == actor(client)

    def test_at_once(self, client: Client) -> None:
        old = key(Status.CURRENT)
        assert "signs from now on" in page(client.post(ROTATE, {"grace": "0"}, follow=True))
        assert key(Status.PREVIOUS) == old
        assert key(Status.CURRENT) != old

    def test_the_other_algorithm_is_untouched(self, client: Client) -> None:
        old = key(Status.CURRENT, "RS256")
        client.post(ROTATE, {"grace": "0"})
        assert key(Status.CURRENT, "RS256") == old

    def test_a_key_that_waits_already_is_kept_and_said(self, client: Client) -> None:
        client.post(ROTATE, {"grace": "86400"})
        waiting = key(Status.NEXT)
        assert "The key that waits already is kept" in page(client.get(ROTATE))
        client.post(ROTATE, {"grace": "900"})
        assert key(Status.NEXT) == waiting

    @pytest.mark.parametrize("grace", ["", "1", "-900", "soon"])
    def test_another_period_changes_nothing(self, client: Client, grace: str) -> None:
        assert 'id="id_grace_error"' in page(client.post(ROTATE, {"grace": grace}))
        assert SigningKey.objects.count() == 2

    @pytest.mark.parametrize("algorithm", ["none", "HS256"])
    def test_unknown_algorithms_are_not_found(self, client: Client, algorithm: str) -> None:
        assert client.post(f"{LIST}/rotate/{algorithm}", {"grace": "900"}).status_code == 404


class TestDelete:
    @pytest.fixture
    def previous(self, client: Client) -> SigningKey:
        rotation.rotate(by="test", algorithm="ES384", grace=timedelta())
        return key(Status.PREVIOUS)

    def test_it_asks_first(self, client: Client, previous: SigningKey) -> None:
        text = page(client.get(f"{LIST}/{previous.pk}/delete"))
        assert keys.key_id(previous) in text
        assert SigningKey.objects.filter(pk=previous.pk).exists()

    def test_delete(self, client: Client, previous: SigningKey) -> None:
        kid = keys.key_id(previous)
        response = client.post(f"{LIST}/{previous.pk}/delete", follow=True)
        assert "The key is deleted." in page(response)
        assert kid not in [one["kid"] for one in Client().get("/oidc/jwks").json()["keys"]]
        assert Event.objects.get(key="signing_key.deleted").actor == actor(client)

    @pytest.mark.parametrize("status", [Status.CURRENT, Status.NEXT])
    def test_a_key_that_is_needed_stays(self, client: Client, status: str) -> None:
        rotation.rotate(by="test", algorithm="ES384")
        needed = key(status)
        assert "This key cannot be deleted" in page(client.get(f"{LIST}/{needed.pk}/delete"))
        assert "Only a previous key can be deleted" in page(client.post(f"{LIST}/{needed.pk}/delete", follow=True))
        assert SigningKey.objects.filter(pk=needed.pk).exists()

    def test_unknown_keys_are_not_found(self, client: Client) -> None:
        assert client.post(f"{LIST}/nothing/delete").status_code == 404
