"""RFC 6749 section 3.1.2, RFC 8252 section 7, RFC 9700 section 2.1: which URIs, and what matches them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.applications import uris

REGISTERED = [
    "https://shop.example/callback",
    "com.example.app://callback",
    "http://localhost/cb",
    "http://h.example:3000",
]


@pytest.mark.parametrize(
    "uri",
    [
        "https://shop.example/callback?x=1", "http://localhost:3000/", "com.example.app://callback", "io.logto://callback",
        "com.example.app:///callback", "myapp:/path", "http://[::1]:8080/cb",
    ],
)  # fmt: skip
def test_may_be_registered(uri: str) -> None:
    assert uris.problem(uri) is None


@pytest.mark.parametrize(
    "uri",
    [
        "", "callback", "//shop.example/cb", "https:", "https:///path", "https:shop.example", "https://user:pw@shop.example/",
        "https://shop.example/cb#fragment", "https://*.example/cb", "javascript:alert(1)", "JavaScript:alert(1)",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "Com.Example://callback", "https://shop.example/ cb",
        "https://shop.example\\@evil.example/", "https://shop.example:port/", "https://sh\u00f6p.example/", "1app://x",
        "com.example.app:", "https://shop.example/\n", "blob:https://shop.example/x", "https://[::1/",
    ],
)  # fmt: skip
def test_may_not_be_registered(uri: str) -> None:
    assert uris.problem(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "https://shop.example/callback", "https://SHOP.example/callback", "https://shop.example:443/callback",
        "com.example.app://callback", "http://localhost/cb", "http://localhost:51234/cb", "http://h.example:3000/",
    ],
)  # fmt: skip
def test_matches(uri: str) -> None:
    assert uris.is_registered(uri, REGISTERED, any_loopback_port=True)


@pytest.mark.parametrize(
    "uri",
    [
        "https://shop.example/callback/", "https://shop.example/Callback", "https://shop.example/callback?x=1",
        "https://shop.example/callback?", "https://shop.example/callback#x", "https://shop.example/callback/../evil",
        "https://shop.example/%63allback", "https://shop.example//callback", "https://shop.example/callback%00",
        "https://shop.example/callback;x", "https://shop.example:444/callback", "https://shop.example:0/callback", "http://shop.example/callback",
        "https://shop.example.evil.example/callback", "https://evil.example/https://shop.example/callback",
        "https://shop.example@evil.example/callback", "https://user@shop.example/callback",
        "https://shop.example\\.evil.example/callback", "https://shop.example%2eevil.example/callback",
        "https://evil.example/callback", "https://sub.shop.example/callback", "https://shop.example./callback",
        "https://SHOP.example/CALLBACK", "HTTPS://shop.example/callback", " https://shop.example/callback", "https://shop.example/callback ",
        "https://shop.example/callback\n", "https:/shop.example/callback", "https:shop.example/callback",
        "//shop.example/callback", "/callback", "callback", "", "javascript:alert(1)", "data:text/html,x",
        "com.example.app://callback/", "com.example.app://Callback", "COM.example.app://callback",
        "com.example.app:/callback", "com.example.app://callback?x", "com.example.app://callback@evil",
        "com.example.apps://callback", "http://localhost:80@evil.example/cb", "http://localhost.evil.example/cb",
        "http://localhost:99999/cb", "http://127.0.0.1/cb", "https://localhost/cb", "http://h.example:3001/",
    ],
)  # fmt: skip
def test_does_not_match(uri: str) -> None:
    assert not uris.is_registered(uri, REGISTERED, any_loopback_port=True)


def test_any_port_is_for_native_apps_only() -> None:
    assert not uris.is_registered("http://localhost:51234/cb", REGISTERED, any_loopback_port=False)


@given(st.text(max_size=80))
def test_nothing_matches_but_what_is_equal_or_an_equal_web_address(text: str) -> None:
    if uris.is_registered(text, REGISTERED, any_loopback_port=False):
        assert text in REGISTERED or text.lower().startswith(
            ("https://shop.example", "http://h.example", "http://localhost")
        )


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    uris.problem(text)
    uris.problem(f"https://{text}")
    uris.origin_problem(text)
    uris.is_origin_of(text, [*REGISTERED, f"https://{text}"])


@pytest.mark.parametrize(
    "origin", ["capacitor://localhost", "https://a.example", "http://localhost:3000", "ionic://localhost"]
)
def test_an_origin(origin: str) -> None:
    assert uris.origin_problem(origin) is None
    assert uris.is_origin_of(origin, [origin])


@pytest.mark.parametrize("origin", ["https://a.example/", "a.example", "*", "null", "", "https://a.example:443"])
def test_no_origin(origin: str) -> None:
    assert uris.origin_problem(origin)
    assert not uris.is_origin_of(origin, ["https://a.example", "com.example.app://callback"])


def test_an_extension_is_known_by_its_redirect_uri() -> None:
    assert uris.is_origin_of("chrome-extension://abcdefgh", ["https://abcdefgh.chromiumapp.org/callback"])
    assert not uris.is_origin_of("chrome-extension://abcdefgh", ["https://ijklmnop.chromiumapp.org/callback"])
    assert not uris.is_origin_of("chrome-extension://abcdefgh:1", ["https://abcdefgh.chromiumapp.org/callback"])
    assert not uris.is_origin_of("https://abcdefgh", ["https://abcdefgh.chromiumapp.org/callback"])


def test_the_origin_of_a_redirect_uri() -> None:
    assert uris.is_origin_of("https://shop.example", REGISTERED)
    assert not uris.is_origin_of("https://shop.example:444", REGISTERED)
