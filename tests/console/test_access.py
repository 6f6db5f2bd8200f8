"""The way into the console, and how long it stays open. Who may open which page: test_permissions."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from tests.console.people import PASSWORD, administrator, customer_client, staff_client

pytestmark = pytest.mark.django_db


def test_home_leads_to_setup_then_sign_in_then_get_started() -> None:
    home = reverse("console:home")
    assert Client().get(home)["Location"] == reverse("console:setup")
    client = staff_client()
    assert Client().get(home)["Location"] == reverse("console:sign-in")
    assert client.get(home)["Location"] == reverse("console:get-started")


def test_htmx_is_sent_to_sign_in_as_a_whole_page() -> None:
    response = Client().get(
        reverse("console:application-create"),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/console/applications"},
    )
    assert response["HX-Redirect"] == "/console/sign-in?next=%2Fconsole%2Fapplications"


def test_sign_in_goes_where_one_wanted_to_go() -> None:
    administrator()
    wanted = reverse("console:application-list")
    client = Client()
    sign_in = client.get(wanted)["Location"]
    response = client.post(sign_in, {"username": "ada", "password": PASSWORD})
    assert response["Location"] == wanted
    assert client.get(wanted).status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_sign_in_does_not_lead_elsewhere(target: str) -> None:
    administrator()
    response = Client().post(reverse("console:sign-in"), {"username": "ada", "password": PASSWORD, "next": target})
    assert response["Location"] == reverse("console:get-started")


def test_a_customer_cannot_sign_in() -> None:
    administrator()
    customer_client()
    response = Client().post(reverse("console:sign-in"), {"username": "carl", "password": PASSWORD})
    assert response.status_code == 401
    assert "do not belong to an administrator" in response.content.decode()


def test_ten_wrong_tries_close_the_door_even_for_the_right_password() -> None:
    administrator()
    client = Client()
    for _ in range(10):
        assert client.post(reverse("console:sign-in"), {"username": "ada", "password": "wrong"}).status_code == 401
    response = client.post(reverse("console:sign-in"), {"username": "Ada", "password": PASSWORD})
    assert response.status_code == 429
    assert "Wait ten minutes" in response.content.decode()
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    response = elsewhere.post(reverse("console:sign-in"), {"username": "ada", "password": PASSWORD})
    assert response.status_code == 302


def test_a_network_of_ipv6_is_one_address() -> None:
    administrator()
    for number in range(10):
        guess = Client(REMOTE_ADDR=f"2001:db8::{number:x}")
        assert guess.post(reverse("console:sign-in"), {"username": "ada", "password": "wrong"}).status_code == 401
    last = Client(REMOTE_ADDR="2001:db8::ffff")
    assert last.post(reverse("console:sign-in"), {"username": "ada", "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    "page", ["applications", "https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:x"]
)
def test_after_the_sign_in_one_stays_here(page: str) -> None:
    administrator()
    there = f"{reverse('console:sign-in')}?{urlencode({'next': page})}"
    response = Client().post(there, {"username": "ada", "password": PASSWORD})
    assert response["Location"] == reverse("console:get-started")


def test_sign_out_needs_a_post() -> None:
    client = staff_client()
    assert client.get(reverse("console:sign-out")).status_code == 405
    assert client.post(reverse("console:sign-out"))["Location"] == reverse("console:sign-in")
    assert client.get(reverse("console:get-started")).status_code == 302


def test_the_data_browser_uses_the_same_sign_in() -> None:
    administrator()
    response = Client().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/console/sign-in?next=%2Fadmin%2F"
    client = Client()
    client.force_login(administrator("grace"))
    assert client.get("/admin/").status_code == 200


def test_pages_are_not_kept_by_browsers() -> None:
    assert "no-store" in staff_client().get(reverse("console:get-started"))["Cache-Control"]


@pytest.mark.parametrize("path", ["no-such-page", "users/nobody000000", "applications/gone", "activity/999999"])
def test_what_is_not_there_is_told_inside_the_console(path: str) -> None:
    answer = staff_client().get(f"/console/{path}")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is no such page" in page
    assert 'id="rail"' in page
