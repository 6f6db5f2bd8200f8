"""All parameters of a connector as one JSON text: the same rules, the same secrets, nothing lost on the way there and back."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from idp.messaging.models import Connector
from idp.messaging.secrets import MASK
from idp.messaging.services import save_connector
from tests.console.connector_forms import SECRET, SETUP, TWILIO, posted, twilio_config
from tests.console.pages import page
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(db: None) -> Client:
    return staff_client()


@pytest.fixture
def stored(db: None) -> Connector:
    return save_connector(by="test", connector_id=TWILIO, config=twilio_config())


def as_json(config: Any, **more: str) -> dict[str, str]:
    return {"mode": "json", "config-json": config if isinstance(config, str) else json.dumps(config, indent=2), **more}


def shown_json(text: str) -> dict[str, Any]:
    found = re.search(r'<textarea name="config-json"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    assert found
    return dict(json.loads(unescape(found[1])))


def test_it_sets_a_connector_up(client: Client) -> None:
    assert client.post(SETUP, as_json(twilio_config(region="ie1"))).status_code == 302
    config = Connector.objects.get().config
    assert config == twilio_config(region="ie1", disableRiskCheck=False, webOtp=False)


def test_secrets_are_masks_and_stay(client: Client, stored: Connector) -> None:
    text = page(client.get(f"/console/connectors/{stored.pk}?mode=json"))
    assert SECRET not in text
    shown = shown_json(text)
    assert shown["authToken"] == MASK
    response = client.post(f"/console/connectors/{stored.pk}", as_json(shown | {"accountSID": "ACother"}))
    assert response.status_code == 302
    stored.refresh_from_db()
    assert (stored.config["accountSID"], stored.config["authToken"]) == ("ACother", SECRET)


def test_a_mistake_has_its_line_and_nothing_typed_is_lost(client: Client) -> None:
    wrong = twilio_config(acountSID="ACtest")
    text = page(client.post(SETUP, as_json(wrong)))
    line = json.dumps(wrong, indent=2).count("\n")  # the last one before the bracket
    assert f"Line {line}, column 16: This connector has no such setting. Did you mean accountSID?" in text
    assert shown_json(text) == wrong
    assert "Line 1, column 11: A value is missing here" in page(client.post(SETUP, as_json('{"region":}')))
    assert not Connector.objects.exists()


def test_what_was_typed_goes_to_the_other_form_and_back(client: Client, stored: Connector) -> None:
    address = f"/console/connectors/{stored.pk}"
    version = re.search(r'name="version" value="([^"]*)"', page(client.get(address)))
    assert version
    typed = posted(accountSID="ACtyped", templates="[ not yet") | {
        "mode": "fields",
        "version": version[1],
        "switch": "on",
    }
    text = page(client.post(address, typed))
    assert shown_json(text)["accountSID"] == "ACtyped"
    assert shown_json(text)["templates"] == "[ not yet"
    assert version[1] in text  # what was seen is what the page was opened with
    back = page(client.post(address, as_json(twilio_config(accountSID="ACback"), version=version[1], switch="on")))
    assert 'value="ACback"' in back
    assert 'data-unsaved="dirty"' in back
    broken = page(client.post(address, as_json('{"region":}', switch="on")))
    assert "Line 1, column 11" in broken
    stored.refresh_from_db()
    assert stored.config["accountSID"] == "ACtest"


def test_a_version_of_the_fields_holds_for_the_json_too(client: Client, stored: Connector) -> None:
    address = f"/console/connectors/{stored.pk}"
    version = re.search(r'name="version" value="([^"]*)"', page(client.get(address)))
    assert version
    save_connector(by="user:other", connector_id=TWILIO, config=twilio_config(region="ie1"), connector=stored)
    response = client.post(address, as_json(twilio_config(region="au1"), version=version[1]))
    assert response.status_code == 409
    assert "<strong>Region</strong>: ie1" in page(response)


def test_the_editor_knows_the_schema_and_what_to_compare_with(client: Client, stored: Connector) -> None:
    text = page(client.get(f"/console/connectors/{stored.pk}?mode=json"))
    schema, saved, default = (
        json.loads(unescape(re.search(rf'data-{name}="([^"]*)"', text)[1]))  # type: ignore[index]
        for name in ("schema", "saved", "default")
    )
    assert schema["properties"]["accountSID"]["type"] == "string"
    assert "authToken" in schema["required"]
    assert saved["accountSID"] == "ACtest"
    assert "accountSID" not in default
    assert "<code>fromMessagingServiceSID</code>" in text  # also for whoever has no JavaScript
