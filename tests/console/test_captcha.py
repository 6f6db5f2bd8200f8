"""Who tells people from robots: chosen in the console, with the secret key hidden."""

import pytest
from django.test import Client

from idp.messaging.secrets import MASK
from idp.verification.models import CaptchaProvider
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
URL = "/console/security/captcha"
KEYS = {"type": "Turnstile", "Turnstile-siteKey": "site", "Turnstile-secretKey": "s3cret-key"}


@pytest.fixture
def client(db: None) -> Client:
    return staff_client()


def test_a_provider_and_back(client: Client) -> None:
    assert client.post(URL, KEYS)["Location"] == "/console/security/sign-in-protection"
    assert "Cloudflare Turnstile" in client.get("/console/security/sign-in-protection").content.decode()
    shown = client.get(URL).content.decode()
    assert "s3cret-key" not in shown
    assert f'name="Turnstile-secretKey" value="{MASK}"' in shown
    client.post(URL, {"type": "ProofOfWork"})
    assert not CaptchaProvider.objects.exists()


def test_the_mask_keeps_the_secret_of_the_same_provider_only(client: Client) -> None:
    client.post(URL, KEYS)
    client.post(URL, KEYS | {"Turnstile-siteKey": "other", "Turnstile-secretKey": MASK})
    assert CaptchaProvider.objects.get().config == {"siteKey": "other", "secretKey": "s3cret-key"}
    moved = {
        "type": "RecaptchaEnterprise", "RecaptchaEnterprise-siteKey": "s", "RecaptchaEnterprise-secretKey": MASK,
        "RecaptchaEnterprise-projectId": "books",
    }  # fmt: skip
    assert "Fill in: API key." in client.post(URL, moved).content.decode()
    assert CaptchaProvider.objects.get().type == "Turnstile"


def test_what_is_missing_is_said_at_its_field(client: Client) -> None:
    text = client.post(URL, KEYS | {"Turnstile-siteKey": ""}).content.decode()
    assert 'id="id_Turnstile-siteKey_error"' in text
    assert not CaptchaProvider.objects.exists()
