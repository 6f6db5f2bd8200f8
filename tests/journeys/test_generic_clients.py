"""Clients that nobody wrote for us complete every flow that they know: openid-client, oidc-client-ts, authlib; and @logto/api.

On one database: what differs between databases is below the protocol and has its own tests.
"""

import json
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.http import HttpRequest
from django.test import RequestFactory
from jwcrypto import jwk
from playwright.sync_api import Page, expect

from idp.applications.models import DEVICE_CODE, TOKEN_EXCHANGE
from tests.journeys.conftest import HERE, Servers
from tests.journeys.harness import documents
from tests.journeys.harness.databases import KINDS
from tests.journeys.harness.hosted import HostedPages
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer
from tests.journeys.harness.openid_client import OpenIdClient, Refused, openid_client
from tests.journeys.harness.person import PASSWORD, Person
from tests.journeys.harness.site import SinglePageApp, single_page_app

USERNAME, SPA_ID = "ada_generic", "genericspa00000000001"
CALLBACK, SIGNED_OUT = "https://rp.example/callback", "https://rp.example/signed-out"
SECRET = "generic-secret-0123456789abcdefgh"
SCOPE = "openid profile offline_access"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
KEYS = {
    "ES384": jwk.JWK.generate(kty="EC", crv="P-384", kid="es", alg="ES384", use="sig"),
    "RS256": jwk.JWK.generate(kty="RSA", size=2048, kid="rs", alg="RS256", use="sig"),
}


def _web_app(algorithm: str) -> dict[str, Any]:
    app = documents.web_app(
        f"generic{algorithm.lower()}000000001", f"Generic {algorithm}", "Traditional", redirect_uri=CALLBACK,
        signed_out=SIGNED_OUT, secrets=[{"name": "Default secret", "value": SECRET}],
    )  # fmt: skip
    app["oidcClientMetadata"]["idTokenSignedResponseAlg"] = algorithm
    app["jwks"] = {"keys": [key.export_public(as_dict=True) for key in KEYS.values()]}
    app["customClientMetadata"] = {"alwaysIssueRefreshToken": True}
    return app


APPS = {algorithm: _web_app(algorithm) for algorithm in KEYS}
TV = {"id": "generictv000000000001", "name": "TV", "type": "Native", "customClientMetadata": {"isDeviceFlow": True}}
JOB = {
    "id": "genericjob00000000001", "name": "Job", "type": "MachineToMachine",
    "secrets": [{"name": "Default secret", "value": SECRET}], "customClientMetadata": {"allowTokenExchange": True},
    "roles": ["Management API access"],
}  # fmt: skip
PUBLIC = {
    **documents.native_app("genericpublic00000001", "Generic native app"),
    "oidcClientMetadata": {"redirectUris": [CALLBACK], "postLogoutRedirectUris": [SIGNED_OUT]},
}


@pytest.fixture(scope="module")
def spa() -> Iterator[SinglePageApp]:
    with single_page_app("oidc_client_ts_app.js") as app:
        yield app


@pytest.fixture
def server(servers: Servers, spa: SinglePageApp, inbox: Inbox) -> Iterator[LiveServer]:
    server = servers.on(KINDS[-1])
    metadata = {
        "redirectUris": [f"{site}/{path}" for site in spa.addresses for path in ("callback", "silent", "popup")],
        "postLogoutRedirectUris": [f"{site}/signed-out" for site in spa.addresses],
    }
    catalog = {"id": SPA_ID, "name": "Generic SPA", "type": "SPA", "oidcClientMetadata": metadata}
    server.apply(
        documents.everything_but_the_experience(inbox.smtp, [*APPS.values(), TV, JOB, PUBLIC, catalog])
        | {
            "signInExperience": documents.USERNAME_PASSWORD,
            "users": [{"username": USERNAME, "password": PASSWORD, "name": "Ada Lovelace"}],
        }
    )
    spa.config = {"authority": f"{server.url}/oidc", "clientId": SPA_ID}
    log = server.log
    yield server
    server.assert_healthy(log)


@pytest.fixture
def person(server: LiveServer) -> Person:
    return Person(server.url, USERNAME)


@pytest.fixture
def client(server: LiveServer) -> Iterator[OpenIdClient]:
    with openid_client() as client:
        yield client


class Proof:
    """How a client of openid-client proves who it is."""

    def __init__(self, method: str, algorithm: str = "ES384") -> None:
        self.method, self.algorithm = method, algorithm
        self.app = APPS[algorithm]

    def discover(self, client: OpenIdClient, server: LiveServer) -> dict[str, Any]:
        metadata = {"id_token_signed_response_alg": self.algorithm, "client_secret": SECRET}
        proof: dict[str, Any] = {"secret": SECRET}
        if self.method == "private_key_jwt":
            proof = {"jwk": KEYS[self.algorithm].export_private(as_dict=True), "alg": self.algorithm}
        found: dict[str, Any] = client.do(
            "discover", issuer=f"{server.url}/oidc", clientId=self.app["id"], metadata=metadata, method=self.method,
            **proof,
        )  # fmt: skip
        return found


def discover(client: OpenIdClient, server: LiveServer, app: dict[str, Any], method: str = "none") -> None:
    """As a client of another kind; ES384 is what we sign with unless told otherwise."""
    metadata = {"id_token_signed_response_alg": "ES384"}
    client.do(
        "discover", issuer=f"{server.url}/oidc", clientId=app["id"], metadata=metadata, method=method, secret=SECRET
    )


def sign_in(client: OpenIdClient, person: Person, **parameters: Any) -> dict[str, Any]:
    """The code flow with PKCE, state and nonce, up to the validated token answer."""
    url = client.do("authorizationUrl", redirect_uri=CALLBACK, scope=SCOPE, **parameters)
    tokens: dict[str, Any] = client.do("callback", url=person.goes_to(url))
    return tokens


class TestOpenIdClient:
    @pytest.mark.parametrize("pushed", [False, True], ids=["in the URL", "pushed"])
    @pytest.mark.parametrize(
        "proof",
        [
            pytest.param(Proof(method, algorithm), id=f"{method}, {algorithm}")
            for method, algorithm in (
                ("client_secret_basic", "RS256"),
                ("client_secret_post", "ES384"),
                ("client_secret_jwt", "RS256"),
                ("private_key_jwt", "ES384"),
                ("private_key_jwt", "RS256"),
            )
        ],
    )
    def test_a_web_app_uses_every_endpoint(
        self, client: OpenIdClient, server: LiveServer, person: Person, proof: Proof, pushed: bool
    ) -> None:
        metadata = proof.discover(client, server)
        assert metadata["issuer"] == f"{server.url}/oidc"
        tokens = sign_in(client, person, pushed=pushed)
        subject = tokens["claims"]["sub"]
        assert tokens["claims"]["name"] == "Ada Lovelace"
        assert client.do("userinfo", token=tokens["access_token"], subject=subject)["username"] == USERNAME

        refreshed = client.do("refresh", token=tokens["refresh_token"])
        assert refreshed["claims"]["sub"] == subject
        assert refreshed["access_token"] != tokens["access_token"]
        for token in (refreshed["access_token"], refreshed["refresh_token"]):
            assert client.do("introspect", token=token)["active"] is True

        client.do("revoke", token=refreshed["refresh_token"])
        assert client.do("introspect", token=refreshed["access_token"]) == {"active": False}
        with pytest.raises(Refused) as refused:
            client.do("refresh", token=refreshed["refresh_token"])
        assert refused.value.problem["error"] == "invalid_grant"
        with pytest.raises(Refused) as refused:
            client.do("userinfo", token=tokens["access_token"], subject=subject)
        assert refused.value.problem["status"] == 401

    def test_a_public_client_rotates_its_refresh_tokens(
        self, client: OpenIdClient, server: LiveServer, person: Person
    ) -> None:
        discover(client, server, PUBLIC)
        tokens = sign_in(client, person, prompt="consent", resource=documents.BOOKS_API)
        refreshed = client.do("refresh", token=tokens["refresh_token"])
        assert refreshed["refresh_token"] != tokens["refresh_token"]
        api = client.do("refresh", token=refreshed["refresh_token"], resource=documents.BOOKS_API)
        assert api["access_token"].count(".") == 2
        client.do("revoke", token=api["refresh_token"])
        with pytest.raises(Refused):
            client.do("refresh", token=api["refresh_token"])

    def test_signing_out_ends_the_session_and_returns_with_the_state(
        self, client: OpenIdClient, server: LiveServer, person: Person
    ) -> None:
        Proof("client_secret_basic").discover(client, server)
        tokens = sign_in(client, person)
        url = client.do(
            "endSessionUrl", post_logout_redirect_uri=SIGNED_OUT, id_token_hint=tokens["id_token"], state="back & forth"
        )
        assert person.goes_to(url) == f"{SIGNED_OUT}?state=back+%26+forth"
        again = client.do("authorizationUrl", redirect_uri=CALLBACK, scope="openid", prompt="none")
        assert parse_qs(urlsplit(person.goes_to(again)).query)["error"] == ["login_required"]

    @pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "client_secret_jwt"])
    def test_a_machine_gets_a_token_for_an_api(self, client: OpenIdClient, server: LiveServer, method: str) -> None:
        discover(client, server, JOB, method)
        token = client.do("clientCredentials", resource=documents.BOOKS_API, scope="read")
        assert token["token_type"] == "bearer"
        assert (token["access_token"].count("."), token["scope"]) == (2, "")

    def test_a_wrong_secret_is_told_as_invalid_client(self, client: OpenIdClient, server: LiveServer) -> None:
        client.do(
            "discover", issuer=f"{server.url}/oidc", clientId=JOB["id"], method="client_secret_basic", secret="no"
        )
        with pytest.raises(Refused) as refused:
            client.do("clientCredentials", resource=documents.BOOKS_API)
        assert "www-authenticate" in str(refused.value.problem).lower() or refused.value.problem["status"] == 401

    def test_a_device_is_signed_in_by_its_person(
        self, client: OpenIdClient, server: LiveServer, person: Person
    ) -> None:
        discover(client, server, TV)
        device = client.do("device", scope=SCOPE)
        person.goes_to(device["verification_uri_complete"])
        answer = person.submits(person.page, user_code=device["user_code"])
        question = person.goes_to(server.url + answer.headers["Location"])
        assert urlsplit(question).path == "/device/confirm"
        person.submits(person.page, decision="allow")
        tokens = client.do("pollDevice", device=device | {"interval": 1})
        assert tokens["claims"]["aud"] == TV["id"]
        assert client.do("refresh", token=tokens["refresh_token"])["claims"]["sub"] == tokens["claims"]["sub"]

    def test_a_service_exchanges_the_token_of_a_person(
        self, client: OpenIdClient, server: LiveServer, person: Person
    ) -> None:
        Proof("client_secret_basic").discover(client, server)
        tokens = sign_in(client, person)
        discover(client, server, JOB, "client_secret_basic")
        exchanged = client.do(
            "grant", type=TOKEN_EXCHANGE, subject_token=tokens["access_token"], subject_token_type=ACCESS_TOKEN,
            resource=documents.BOOKS_API,
        )  # fmt: skip
        assert exchanged["issued_token_type"] == ACCESS_TOKEN
        assert exchanged["access_token"].count(".") == 2

    def test_discovery_lists_what_was_used_here(self, client: OpenIdClient, server: LiveServer) -> None:
        metadata = Proof("client_secret_basic").discover(client, server)
        assert {"authorization_code", "refresh_token", "client_credentials", DEVICE_CODE, TOKEN_EXCHANGE} <= set(
            metadata["grant_types_supported"]
        )


@pytest.fixture
def home(server: LiveServer, spa: SinglePageApp) -> str:
    """On `localhost`, as the server is: a site with another port is the same site, so its frames get our cookies."""
    return spa.addresses[0]


@pytest.fixture
def elsewhere(server: LiveServer, spa: SinglePageApp) -> str:
    return spa.addresses[1]


def shown(page: Page) -> dict[str, Any]:
    """What the callback of the page came to."""
    output = page.get_by_role("status")
    expect(output).not_to_be_empty()
    answer: dict[str, Any] = json.loads(output.inner_text())
    return answer


def open_app(page: Page, address: str) -> None:
    page.goto(address)
    shown(page)


def fill_in(page: Page) -> None:
    hosted = HostedPages(page)
    hosted.username_field.fill(USERNAME)
    hosted.password_field.fill(PASSWORD)
    hosted.press("Sign in")


def sign_in_to_spa(page: Page, home: str) -> dict[str, Any]:
    open_app(page, home)
    page.evaluate("() => void app.signIn({ state: { cart: 7 }, prompt: 'consent' })")
    fill_in(page)
    page.wait_for_url(f"{home}/callback?**")
    user: dict[str, Any] = shown(page)["value"]
    return user


class TestOidcClientTs:
    def test_sign_in_refresh_silent_sign_in_and_sign_out(self, home: str, page: Page) -> None:
        user = sign_in_to_spa(page, home)
        assert user["state"] == {"cart": 7}
        assert user["profile"]["username"] == USERNAME  # of userinfo

        refreshed = page.evaluate("() => app.refresh()")["value"]
        assert refreshed["refresh_token"] != user["refresh_token"]
        assert refreshed["profile"]["sub"] == user["profile"]["sub"]

        frames: list[tuple[int, str]] = []
        page.on("response", lambda response: frames.append((response.status, response.url)))
        silent = page.evaluate("() => app.signInSilently()")["value"]
        assert silent["profile"]["sub"] == user["profile"]["sub"]
        assert [status for status, url in frames if "/oidc/auth" in url] == [303]  # no page in between

        page.evaluate("() => void app.signOut({ state: 'bye' })")
        page.wait_for_url(f"{home}/signed-out?**")
        assert shown(page) == {"value": "bye"}
        assert page.evaluate("() => app.user()") is None
        assert page.evaluate("() => app.signInSilently()")["error"]["error"] == "login_required"

    def test_a_frame_on_another_site_is_told_that_nobody_is_signed_in(
        self, home: str, elsewhere: str, page: Page
    ) -> None:
        """Our cookies do not go there (SameSite); the frame gets an error at once, instead of a page and a timeout."""
        sign_in_to_spa(page, home)
        open_app(page, elsewhere)
        assert page.evaluate("() => app.signInSilently()")["error"]["error"] == "login_required"

    def test_sign_in_in_a_popup(self, home: str, page: Page) -> None:
        open_app(page, home)
        with page.expect_popup() as popup:
            page.evaluate("() => { window.result = app.signInByPopup() }")
        # This library would find another way home; others need the window that opened theirs (no COOP).
        expect(HostedPages(popup.value).username_field).to_be_visible()
        assert popup.value.evaluate("() => window.opener !== null")
        fill_in(popup.value)
        user = page.evaluate("() => window.result")["value"]
        assert user["profile"]["username"] == USERNAME
        expect_closed(popup.value)

    def test_two_tabs_refresh_at_once(self, home: str, page: Page) -> None:
        """Both have the refresh token of before; both are answered."""
        sign_in_to_spa(page, home)
        answers = page.evaluate("() => Promise.all([app.refresh(), app.refresh(), app.refresh()])")
        assert all("value" in answer for answer in answers), answers


def expect_closed(page: Page) -> None:
    if not page.is_closed():
        page.wait_for_event("close")


class TestAuthlib:
    @pytest.fixture
    def oauth(self, server: LiveServer) -> Any:
        def register(algorithm: str = "ES384", **more: Any) -> Any:
            return OAuth().register(
                "latchkey", client_id=APPS[algorithm]["id"], client_secret=SECRET,
                server_metadata_url=f"{server.url}/oidc/.well-known/openid-configuration",
                client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", **more},
            )  # fmt: skip

        return register

    @pytest.mark.parametrize("algorithm", KEYS)
    @pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
    def test_code_flow_userinfo_and_refresh(self, oauth: Any, person: Person, algorithm: str, method: str) -> None:
        latchkey = oauth(algorithm, token_endpoint_auth_method=method)
        asked = _request("/login")
        back = person.goes_to(latchkey.authorize_redirect(asked, CALLBACK)["Location"])
        # This checks state, nonce, signature and at_hash.
        token = latchkey.authorize_access_token(_request(back, asked.session))
        assert token["userinfo"]["name"] == "Ada Lovelace"
        assert latchkey.userinfo(token=token)["sub"] == token["userinfo"]["sub"]

        metadata = latchkey.load_server_metadata()
        with OAuth2Session(latchkey.client_id, SECRET, token_endpoint_auth_method=method, scope=SCOPE) as session:
            refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
            assert latchkey.userinfo(token=refreshed)["sub"] == token["userinfo"]["sub"]
            assert latchkey.parse_id_token(refreshed, nonce=token["userinfo"]["nonce"])["sub"]
            found = session.introspect_token(metadata["introspection_endpoint"], token=refreshed["access_token"])
            assert found.json()["active"] is True
            session.revoke_token(metadata["revocation_endpoint"], token=refreshed["access_token"])
        with pytest.raises(requests.HTTPError):
            latchkey.userinfo(token=refreshed)

    def test_a_refusal_reaches_the_app(self, oauth: Any, person: Person) -> None:
        latchkey = oauth()
        asked = _request("/login")
        back = person.goes_to(latchkey.authorize_redirect(asked, CALLBACK, prompt="none")["Location"])
        with pytest.raises(OAuthError) as error:
            latchkey.authorize_access_token(_request(back, asked.session))
        assert error.value.error == "login_required"

    def test_signing_out(self, oauth: Any, person: Person) -> None:
        latchkey = oauth()
        asked = _request("/login")
        back = person.goes_to(latchkey.authorize_redirect(asked, CALLBACK)["Location"])
        token = latchkey.authorize_access_token(_request(back, asked.session))
        leaving = _request("/logout", asked.session)
        url = latchkey.logout_redirect(leaving, SIGNED_OUT, id_token_hint=token["id_token"])["Location"]
        assert latchkey.validate_logout_response(_request(person.goes_to(url), leaving.session))


def test_the_client_of_the_management_api(server: LiveServer) -> None:
    """`@logto/api` gets its token by itself, and does something to one person."""
    command = ["node", "management_api.js", server.url, JOB["id"], SECRET]
    done = subprocess.run(command, cwd=HERE / "sdk", capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {name: answer["status"] for name, answer in found.items()} == {
        "create": 200, "search": 200, "patch": 200, "merge": 200, "refused": 422, "delete": 204, "gone": 404,
    }  # fmt: skip
    assert (found["search"]["total"], found["search"]["body"][0]["customData"]) == ("1", {"a": 1})
    assert (found["patch"]["body"]["name"], found["merge"]["body"]) == ("Client", {"a": 1, "b": 2})
    assert found["refused"]["body"]["code"] == "user.username_already_in_use"
    assert found["gone"]["body"]["code"] == "entity.not_exists_with_id"


def _request(url: str, session: dict[str, Any] | None = None) -> HttpRequest:
    """What a Django view of the app gets."""
    request = RequestFactory().get(url)
    request.session = session if session is not None else {}  # type: ignore[assignment]
    return request
