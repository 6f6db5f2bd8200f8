"""Two administrators have the same page open: whoever saves second is told, loses nothing, and decides."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from connectors.ports import ConnectorType
from idp.applications.models import Application
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.messaging.models import Connector
from idp.signin import phrases
from idp.signin.models import AccountCenter, CustomPhrases, SignInExperience
from idp.users.models import ProfileField, StaffRole, User
from idp.users.services import create_administrator, create_user
from idp.verification.models import CaptchaProvider
from tests.console.people import PASSWORD

pytestmark = pytest.mark.django_db
TWILIO = {
    "accountSID": "AC" + "0" * 32, "authToken": "secret-one", "fromMessagingServiceSID": "MG" + "0" * 32,
    "templates": [
        {"usageType": usage, "content": "Your code is {{code}}"}
        for usage in ("SignIn", "Register", "ForgotPassword", "Generic")
    ],
}  # fmt: skip

PHRASE = f"phrase-{next(number for number, text in enumerate(phrases.catalog('de')) if set('%{<').isdisjoint(text))}"


def experience() -> SignInExperience:
    return SignInExperience.load()


# page: (address, field, what the first saves, what the second types, what is stored in the end)
PAGES: dict[str, tuple[str, str, Any, Any, Callable[[], Any]]] = {
    "content": ("/console/sign-in-experience/content", "support_email", "a@example.com", "b@example.com",
                lambda: experience().support_email),
    "sign-up": ("/console/sign-in-experience", "secondary", ["email"], ["phone"],
                lambda: [one["identifier"] for one in experience().sign_up["secondaryIdentifiers"]]),
    "branding": ("/console/sign-in-experience/branding", "custom_css", "a{}", "b{}", lambda: experience().custom_css),
    "languages": ("/console/sign-in-experience/languages", "default", "de", "fr",
                  lambda: experience().language_info["fallbackLanguage"]),
    "security": ("/console/security", "min_length", "9", "10", lambda: str(experience().password_policy["length"]["min"])),
    "protection": ("/console/security/sign-in-protection", "max_attempts", "9", "10",
                   lambda: str(experience().sentinel_policy["maxAttempts"])),
    "emails": ("/console/security/email-addresses", "email_blocklist", "@a.example", "@b.example",
               lambda: experience().email_blocklist_policy["customBlocklist"][0]),
    "messages": ("/console/security/text-messages", "sms_per_hour", "9", "10",
                 lambda: str(experience().sms_fraud_guard["maxPerHour"])),
    "mfa": ("/console/mfa", "trust_days", "5", "6", lambda: str(experience().trusted_device["durationDays"])),
    "account centre": ("/console/sign-in-experience/account-center", "delete_account_url", "https://a.example/",
                       "https://b.example/", lambda: AccountCenter.load().delete_account_url),
    "phrases": ("/console/sign-in-experience/languages/de", PHRASE, "Eins", "Zwei",
                lambda: next(iter(CustomPhrases.objects.get(pk="de").translation.values()))),
    "profile field": ("/console/sign-in-experience/profile/company", "label", "Firm", "Employer",
                      lambda: ProfileField.objects.get(pk="company").label),
    "application": ("/console/applications/shop", "name", "Shop A", "Shop B", lambda: Application.objects.get(pk="shop").name),
    "branding of an application": ("/console/applications/shop/branding", "logo_url", "https://a.example/l.svg",
                                   "https://b.example/l.svg", lambda: Application.objects.get(pk="shop").branding["logoUrl"]),
    "connector": ("/console/connectors/sms1", "config-accountSID", "AC" + "1" * 32, "AC" + "2" * 32,
                  lambda: Connector.objects.get(pk="sms1").config["accountSID"]),
    "user": ("/console/users/carl00000000", "name", "Carl A", "Carl B", lambda: User.objects.get(pk="carl00000000").name),
    "captcha": ("/console/security/captcha", "Turnstile-siteKey", "a", "b",
                lambda: CaptchaProvider.objects.get(pk="default").config["siteKey"]),
}  # fmt: skip


@pytest.fixture(autouse=True)
def records(db: Any) -> None:
    create_application(
        by="test", name="Shop", type="SPA", client_id="shop", redirect_uris=["https://shop.example/callback"]
    )
    Connector.objects.create(
        pk="sms1", connector_id="twilio-short-message-service", type=str(ConnectorType.SMS), config=TWILIO
    )
    ProfileField.objects.create(pk="company", type="Text", label="Company")
    user = create_user(by="test", username="carl")
    User.objects.filter(pk=user.pk).update(id="carl00000000")
    CaptchaProvider.objects.create(type="Turnstile", config={"siteKey": "k", "secretKey": "s"})


def admin(name: str, role: StaffRole = StaffRole.ADMIN) -> Client:
    client = Client()
    client.force_login(create_administrator(by="test", username=name.lower(), name=name, password=PASSWORD, role=role))
    return client


def filled(answer: Any) -> dict[str, Any]:
    """What a browser would send if nothing was typed."""
    form, data = (
        answer.context["form"],
        {"version": re.search(r'name="version" value="([^"]+)"', answer.content.decode())},
    )
    data["version"] = data["version"].group(1)
    for part in [form, *(one for _, one in getattr(form, "parts", []))]:
        for bound in part:
            value = bound.value()
            if value not in (None, False):
                data[bound.html_name] = "on" if value is True else value
    return data


def typed(data: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    return {name: one for name, one in (data | {field: value}).items() if one is not None}


@pytest.mark.parametrize("page", list(PAGES))
def test_the_second_is_told_and_decides(page: str) -> None:
    address, field, first, second, stored = PAGES[page]
    grace, ada = admin("Grace"), admin("Ada")
    hers, mine = filled(grace.get(address)), filled(ada.get(address))
    assert grace.post(address, typed(hers, field, first)).status_code == 302
    events = Event.objects.count()

    answer = ada.post(address, typed(mine, field, second))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Grace changed this while you had it open" in text
    assert Event.objects.count() == events
    assert stored() == first
    again = filled(answer)
    assert again[field] == second  # nothing typed is lost

    assert ada.post(address, again).status_code == 302  # save mine over it
    assert stored() == second


@pytest.mark.parametrize("page", list(PAGES))
def test_alone_nobody_is_bothered(page: str) -> None:
    address, field, first, second, stored = PAGES[page]
    ada = admin("Ada")
    assert ada.post(address, typed(filled(ada.get(address)), field, first)).status_code == 302
    assert ada.post(address, typed(filled(ada.get(address)), field, second)).status_code == 302
    assert stored() == second


def test_what_the_other_changed_is_named_with_its_value() -> None:
    address = PAGES["content"][0]
    grace, ada = admin("Grace"), admin("Ada")
    mine = filled(ada.get(address))
    grace.post(address, typed(filled(grace.get(address)), "agree_to_terms_policy", "Manual"))
    conflict = ada.post(address, typed(mine, "support_email", "b@example.com")).context["form"].conflict
    assert [(one.label, one.text) for one in conflict.fields] == [
        ("How people agree", "They tick a box when they create an account, and when they sign in")
    ]
    assert conflict.by == "Grace"


def test_another_tab_of_the_same_row_is_no_conflict() -> None:
    grace, ada = admin("Grace"), admin("Ada")
    address = PAGES["content"][0]
    mine = filled(ada.get(address))
    security = PAGES["security"][0]
    assert grace.post(security, typed(filled(grace.get(security)), "min_length", "12")).status_code == 302
    assert ada.post(address, typed(mine, "support_email", "b@example.com")).status_code == 302
    assert experience().password_policy["length"]["min"] == 12


def test_a_third_save_in_between_is_a_conflict_again() -> None:
    address = PAGES["application"][0]
    grace, ada = admin("Grace"), admin("Ada")
    mine = filled(ada.get(address))
    grace.post(address, typed(filled(grace.get(address)), "name", "One"))
    again = filled(ada.post(address, typed(mine, "name", "Mine")))
    grace.post(address, typed(filled(grace.get(address)), "name", "Two"))
    assert ada.post(address, again).status_code == 409
    assert Application.objects.get(pk="shop").name == "Two"


def test_a_mistake_keeps_the_version_that_was_seen() -> None:
    address = PAGES["application"][0]
    grace, ada = admin("Grace"), admin("Ada")
    refused = filled(ada.post(address, typed(filled(ada.get(address)), "name", "")))
    grace.post(address, typed(filled(grace.get(address)), "name", "One"))
    assert ada.post(address, typed(refused, "name", "Mine")).status_code == 409


def test_my_own_other_window() -> None:
    address = PAGES["user"][0]
    ada = admin("Ada")
    mine = filled(ada.get(address))
    ada.post(address, typed(filled(ada.get(address)), "name", "One"))
    assert "You, in another window, changed this" in ada.post(address, typed(mine, "name", "Two")).content.decode()


def test_a_changed_secret_is_a_conflict_and_is_not_shown() -> None:
    address = PAGES["connector"][0]
    grace, ada = admin("Grace"), admin("Ada")
    mine = filled(ada.get(address))
    grace.post(address, typed(filled(grace.get(address)), "config-authToken", "secret-two"))
    answer = ada.post(address, typed(mine, "config-accountSID", "AC" + "3" * 32))
    assert answer.status_code == 409
    assert "a new value, not shown" in answer.content.decode()
    assert "secret-two" not in answer.content.decode()


@pytest.mark.parametrize("version", ["", "x", "1.2", "99999999999999999.", "1.zzzzzzzz"])
def test_a_version_that_is_none_breaks_nothing(version: str) -> None:
    ada, address = admin("Ada"), PAGES["content"][0]
    data = filled(ada.get(address)) | {"version": version}
    assert ada.post(address, data).status_code in (302, 409)


@pytest.mark.parametrize("page", list(PAGES))
def test_who_may_only_look_cannot_type(page: str) -> None:
    text = admin("Otto", StaffRole.AUDITOR).get(PAGES[page][0]).content.decode()
    form = text[text.index("data-unsaved") :]
    form = form[: form.index("</form>")]
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", form):
        assert " disabled" in tag or 'type="hidden"' in tag, tag
    assert "can look at this, not change it" in form
    assert 'type="submit"' not in form
