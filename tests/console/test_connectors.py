"""Connectors: what is set up, the choice of a provider, the parameters and their secrets."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from connectors import registry
from connectors.ports import ConnectorType
from idp.audit.models import Event
from idp.messaging.errors import InvalidConfig
from idp.messaging.models import Connector, SentMessage, recipient_digest
from idp.messaging.secrets import MASK
from idp.messaging.services import save_connector
from idp.users.services import create_user
from tests.console.connector_forms import SECRET, SETUP, SMTP, TEMPLATES, TWILIO, posted, sms_by_code, twilio_config
from tests.console.pages import page
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(db: None) -> Client:
    return staff_client()


@pytest.fixture
def stored(db: None) -> Connector:
    return save_connector(by="test", connector_id=TWILIO, config=twilio_config())


class TestList:
    def test_both_rows_can_be_set_up(self, client: Client) -> None:
        text = page(client.get("/console/connectors"))
        assert 'href="/console/connectors/pick/email"' in text
        assert 'href="/console/connectors/pick/sms"' in text
        assert text.count("Not used for sign-in") == 2
        assert "Outbox" in text

    def test_a_connector_that_is_set_up_leads_to_its_page(self, client: Client, stored: Connector) -> None:
        text = page(client.get("/console/connectors"))
        assert f'href="/console/connectors/{stored.pk}"' in text
        assert "Twilio SMS" in text
        assert "Add a fallback" in text

    def test_it_says_which_types_sign_in_uses(self, client: Client) -> None:
        sms_by_code()
        assert "Needed for sign-in" in page(client.get("/console/connectors"))
        save_connector(by="test", connector_id=TWILIO, config=twilio_config())
        text = page(client.get("/console/connectors"))
        assert text.count("Used for sign-in") == 1
        assert text.count("Not used for sign-in") == 1

    def test_a_connector_whose_package_is_gone_does_not_break_the_pages(
        self, client: Client, stored: Connector
    ) -> None:
        Connector.objects.update(connector_id="carrier-pigeon")
        assert "carrier-pigeon" in page(client.get("/console/connectors"))
        assert "not installed" in page(client.get(f"/console/connectors/{stored.pk}"))
        assert client.post(f"/console/connectors/{stored.pk}/delete").status_code == 302
        assert not Connector.objects.exists()

    def test_production_does_not_speak_of_the_outbox(self, client: Client, settings: Any) -> None:
        settings.PRODUCTION = True
        assert "Outbox" not in page(client.get("/console/connectors"))


class TestPick:
    def test_every_kind_of_the_type_is_a_card(self, client: Client) -> None:
        text = page(client.get("/console/connectors/pick/sms"))
        for kind in registry.kinds(ConnectorType.SMS):
            assert f'value="{kind.id}"' in text
        assert SMTP not in text

    def test_next_leads_to_the_set_up_page(self, client: Client) -> None:
        response = client.get("/console/connectors/pick/sms", {"kind": TWILIO})
        assert response["Location"] == SETUP

    def test_another_types_kind_is_refused(self, client: Client) -> None:
        response = client.get("/console/connectors/pick/sms", {"kind": SMTP})
        assert "Choose one of these." in page(response)

    @pytest.mark.parametrize("path", ["pick/social", "pick/pigeon", "setup/pigeon", "nothere"])
    def test_what_does_not_exist_is_not_found(self, client: Client, path: str) -> None:
        assert client.get(f"/console/connectors/{path}").status_code == 404


class TestSetup:
    def test_the_guide_is_part_of_the_outline_and_cannot_be_scrolled_past_by_mouse_only(self, client: Client) -> None:
        text = page(client.get(SETUP))
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", text)]
        assert levels.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
        assert '<pre class="code-block" tabindex="0">' in text

    def test_the_form_starts_with_the_defaults_of_the_kind(self, client: Client) -> None:
        text = page(client.get(SETUP))
        for item in registry.kind(TWILIO).form_items:
            assert f'name="config-{item.key}"' in text
        assert "is your sign-in code" in text

    def test_save_and_done(self, client: Client) -> None:
        response = client.post(SETUP, posted(disableRiskCheck="on"), follow=True)
        connector = Connector.objects.get(type="Sms")
        assert response.redirect_chain[0][0] == f"/console/connectors/{connector.pk}"
        assert connector.config["authToken"] == SECRET
        assert connector.config["disableRiskCheck"] is True
        assert connector.config["templates"] == TEMPLATES
        assert "Twilio SMS is set up." in page(response)
        event = Event.objects.get(key="connector.created")
        assert event.actor == f"user:{client.session['_auth_user_id']}"

    def test_nothing_is_saved_and_nothing_typed_is_lost_when_something_is_missing(self, client: Client) -> None:
        data = posted(accountSID="", fromMessagingServiceSID="MGtyped") | {"test-to": "+1 555 123 4567"}
        text = page(client.post(SETUP, data))
        assert not Connector.objects.exists()
        assert 'id="id_config-accountSID_error"' in text
        assert 'value="MGtyped"' in text
        assert "+1 555 123 4567" in text
        assert "ForgotPassword: {{code}}" in text

    def test_a_wrong_parameter_is_explained_at_its_field(self, client: Client) -> None:
        text = page(client.post(SETUP, posted(accountSID="SKnope")))
        error = text.split('id="id_config-accountSID_error"')[1].split("</div>")[0]
        assert "begins with AC" in error

    def test_broken_json_names_line_and_column(self, client: Client) -> None:
        text = page(client.post(SETUP, posted(templates='[\r\n  {"usageType": "SignIn"\r\n   "content": 1}\r\n]')))
        assert 'data-line="3" data-column="4">Line 3, column 4: A comma' in text
        assert not Connector.objects.exists()

    def test_a_template_that_breaks_a_rule_is_located_in_the_text(self, client: Client) -> None:
        templates = [dict(entry) for entry in TEMPLATES]
        templates[2]["content"] = "no code, 100% sure"
        written = posted(templates=templates)["config-templates"].split("\n")
        line = next(number for number, text in enumerate(written, 1) if "100%" in text)
        text = page(client.post(SETUP, posted(templates=templates)))
        assert f'data-line="{line}" data-column="16">Line {line}, column 16: The content must hold {{{{code}}}}' in text

    def test_a_message_may_quote_what_was_typed(self, client: Client) -> None:
        odd = {"usageType": "100%(s)d", "content": "Sure"}
        text = page(client.post(SETUP, posted(templates=[*TEMPLATES, odd, odd])))
        assert "There is already a template for 100%(s)d." in text

    def test_a_rule_about_the_whole_list_has_no_place(self, client: Client) -> None:
        text = page(client.post(SETUP, posted(templates=TEMPLATES[:2])))
        assert "<li>Add a template for: ForgotPassword, Generic.</li>" in text

    def test_a_second_one_stands_by(self, client: Client, stored: Connector) -> None:
        assert "This will be a fallback" in page(client.get(SETUP))
        client.post(SETUP, posted(accountSID="ACsecond"))
        assert [one.config["accountSID"] for one in Connector.objects.all()] == ["ACtest", "ACsecond"]
        text = page(client.get("/console/connectors"))
        assert text.index("Sends first") < text.index("Fallback")


class TestName:
    def test_two_of_a_kind_are_told_apart_wherever_they_are_shown(self, client: Client, stored: Connector) -> None:
        other = save_connector(by="test", connector_id=TWILIO, config=twilio_config(fromMessagingServiceSID="MGother"))
        client.post(f"/console/connectors/{stored.pk}", posted(authToken=MASK) | {"config-_name": " Europe "})
        stored.refresh_from_db()
        assert stored.name == "Europe"
        assert stored.config == twilio_config(disableRiskCheck=False, webOtp=False)
        person = create_user(by="test", phone="12025550123")
        for one in (stored, other):
            SentMessage.objects.create(
                type="Sms", usage_type="SignIn", connector=one.pk, kind=TWILIO, recipient_hint="+1 ••• 23",
                recipient=recipient_digest("+12025550123"),
            )  # fmt: skip
        for path in ("/console/connectors", "/console/activity", f"/console/users/{person.pk}/activity"):
            text = page(client.get(path))
            assert "Europe" in text, path
            assert "MGother" in text, path
        assert "Europe goes on sending first" in page(client.get(f"/console/connectors/{other.pk}/delete"))

    def test_the_log_keeps_the_name_of_one_that_is_gone(self, client: Client) -> None:
        connector = save_connector(by="test", connector_id=TWILIO, config=twilio_config(), name="Europe")
        client.post(f"/console/connectors/{connector.pk}/delete")
        assert page(client.get("/console/activity")).count("Connector Europe") == 2  # created, deleted

    def test_setting_one_up(self, client: Client) -> None:
        client.post(SETUP, posted() | {"config-_name": "Europe"})
        assert Connector.objects.get().name == "Europe"

    def test_a_name_that_is_too_long_is_refused(self, client: Client, stored: Connector) -> None:
        client.post(f"/console/connectors/{stored.pk}", posted(authToken=MASK) | {"config-_name": "x" * 61})
        with pytest.raises(InvalidConfig):
            save_connector(by="test", connector_id=TWILIO, config=twilio_config(), name="x" * 61, connector=stored)
        stored.refresh_from_db()
        assert stored.name == ""


class TestOrder:
    def test_up_and_down(self, client: Client, stored: Connector) -> None:
        second = save_connector(by="test", connector_id=TWILIO, config=twilio_config(accountSID="ACsecond"))
        assert client.post(f"/console/connectors/{second.pk}/move/up").status_code == 302
        assert list(Connector.objects.all()) == [second, stored]
        client.post(f"/console/connectors/{second.pk}/move/up")
        assert list(Connector.objects.all()) == [second, stored]
        client.post(f"/console/connectors/{second.pk}/move/down")
        assert list(Connector.objects.all()) == [stored, second]
        assert Event.objects.filter(key="connector.reordered").count() == 2

    def test_dragged_by_several_places(self, client: Client, stored: Connector) -> None:
        others = [save_connector(by="test", connector_id=TWILIO, config=twilio_config()) for _ in range(2)]
        answer = client.post(f"/console/connectors/{stored.pk}/move/down", {"places": "2"}, follow=True)
        assert list(Connector.objects.all()) == [*others, stored]
        assert "Twilio SMS (MGtest): it is number 3 now." in page(answer)
        client.post(f"/console/connectors/{stored.pk}/move/up", {"places": "99"})
        assert list(Connector.objects.all()) == [stored, *others]
        client.post(f"/console/connectors/{stored.pk}/move/down", {"places": "-5"})  # nonsense is one place
        assert list(Connector.objects.all()) == [others[0], stored, others[1]]

    def test_the_test_uses_the_secrets_of_the_connector_it_belongs_to(self, client: Client, stored: Connector) -> None:
        assert f"{SETUP}/test?connector={stored.pk}" in page(client.get(f"/console/connectors/{stored.pk}"))


class TestSecrets:
    def test_no_page_shows_a_stored_secret(self, client: Client, stored: Connector) -> None:
        detail = f"/console/connectors/{stored.pk}"
        responses = [
            client.get(detail),
            client.get(detail, {"guide": "1"}),
            client.post(detail, posted(authToken=MASK, accountSID="")),
            client.post(f"{SETUP}/test", posted(authToken=MASK) | {"test-to": "nonsense"}),
            client.get("/console/connectors"),
            client.get(f"{detail}/delete"),
        ]
        for response in responses:
            assert response.status_code == 200
            assert SECRET not in page(response)
        assert f'type="password" name="config-authToken" value="{MASK}"' in page(responses[0])

    def test_dots_left_alone_keep_the_secret(self, client: Client, stored: Connector) -> None:
        response = client.post(f"/console/connectors/{stored.pk}", posted(authToken=MASK, accountSID="ACother"))
        assert response.status_code == 302
        stored.refresh_from_db()
        assert stored.config["authToken"] == SECRET
        assert stored.config["accountSID"] == "ACother"

    def test_a_new_secret_replaces_the_old_one(self, client: Client, stored: Connector) -> None:
        client.post(f"/console/connectors/{stored.pk}", posted(authToken="rotated"))
        stored.refresh_from_db()
        assert stored.config["authToken"] == "rotated"

    def test_dots_are_no_secret_while_nothing_is_stored(self, client: Client) -> None:
        text = page(client.post(SETUP, posted(authToken=MASK)))
        assert not Connector.objects.exists()
        assert 'id="id_config-authToken_error"' in text

    def test_secrets_inside_json_are_masked_and_kept_too(self, client: Client) -> None:
        config = {
            "host": "127.0.0.1",
            "port": 2525,
            "fromEmail": "shop@example.com",
            "auth": {"user": "shop-user", "pass": "mail-s3cret"},
            "templates": [entry | {"contentType": "text/plain", "subject": "Code"} for entry in TEMPLATES],
        }
        connector = save_connector(by="test", connector_id=SMTP, config=config)
        detail = f"/console/connectors/{connector.pk}"
        text = page(client.get(detail))
        assert "mail-s3cret" not in text
        assert "shop-user" not in text
        masked = {"user": MASK, "pass": MASK}
        data = {f"config-{key}": str(value) for key, value in config.items() if isinstance(value, str | int)}
        data |= {"config-auth": json.dumps(masked), "config-templates": json.dumps(config["templates"])}
        assert client.post(detail, data | {"config-fromEmail": "books@example.com"}).status_code == 302
        connector.refresh_from_db()
        assert connector.config["auth"] == {"user": "shop-user", "pass": "mail-s3cret"}
        assert connector.config["fromEmail"] == "books@example.com"


class TestDelete:
    def test_it_warns_when_sign_in_uses_the_connector(self, client: Client, stored: Connector) -> None:
        url = reverse("console:connector-delete", args=[stored.pk])
        warning = "People sign in with codes that it sends"
        assert warning not in page(client.get(url))
        sms_by_code()
        assert warning in page(client.get(url))
        assert Connector.objects.exists()

    def test_it_is_gone_afterwards(self, client: Client, stored: Connector) -> None:
        response = client.post(reverse("console:connector-delete", args=[stored.pk]), follow=True)
        assert not Connector.objects.exists()
        assert "Twilio SMS (MGtest) is deleted." in page(response)
        assert Event.objects.filter(key="connector.deleted").count() == 1
