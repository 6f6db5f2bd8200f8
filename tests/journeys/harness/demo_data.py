"""An installation that has been in use for three months, for pictures: `fill()` inside the server's own Django.

Everybody in it is made up, numbers come from the ranges set aside for fiction, and every run makes the same.
"""

import random
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from connectors.default_templates import sms_templates
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.messaging.models import Connector, SentMessage
from idp.messaging.services import save_connector
from idp.signin.experience import update_experience
from idp.statistics import counting
from idp.users.models import StaffRole, User
from idp.users.services import create_administrator, create_user
from tests.journeys.harness.demo_names import ADMINISTRATOR, CAPACITOR, PASSWORD

_DAYS = 95
_NAMES = (
    "Ada Lovelace", "Alan Mathison", "Barbara Liskov", "Edsger Dijk", "Frances Allen", "Hedy Kiesler", "Joan Clarke",
    "Katherine Coleman", "Leslie Lamb", "Margaret Elaine", "Niklaus Wirt", "Radia Joy", "Rózsa Politzer", "Sophie Wilson",
    "Tommy Flowers", "Whitfield D.",
)  # fmt: skip
_COUNTRIES = (("US", "0.0079"), ("DE", "0.0749"), ("GB", "0.0463"), ("BR", "0.0560"))
_METHODS = ("code",) * 6 + ("password",) * 4 + ("passkey",) * 2 + ("session",) * 3
_BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1"


@transaction.atomic
def fill() -> None:
    chance = random.Random(1)
    by = create_administrator(by="", username=ADMINISTRATOR, password=PASSWORD, name="Grace Hopper").audit_name
    create_administrator(by=by, username="linus", password=PASSWORD, name="Linus T.", role=StaffRole.SUPPORT)
    create_application(
        by=by, name="Bookstore", type="Native", client_id=CAPACITOR, guide="native-capacitor",
        redirect_uris=["com.example.app://callback"], post_logout_redirect_uris=["com.example.app://callback/sign-out"],
    )  # fmt: skip
    create_application(by=by, name="Reading club", type="SPA", redirect_uris=["https://club.example/callback"])
    connector = save_connector(
        by=by, connector_id="twilio-short-message-service",
        config={
            "accountSID": "AC" + "0" * 32, "authToken": "0" * 32, "fromMessagingServiceSID": "MG" + "0" * 32,
            "templates": sms_templates(),
        },
    )  # fmt: skip
    update_experience(
        by=by, sign_up={"identifiers": ["phone"], "password": False, "verify": True},
        sign_in={
            "methods": [{"identifier": "phone", "password": False, "verificationCode": True, "isPasswordPrimary": False}]
        },
    )  # fmt: skip
    people = _people(chance, by)
    _sign_ins(chance, people)
    _messages(chance, connector)


def count() -> None:
    """What the background worker would do in the next minute."""
    while counting.advance():
        pass


def _people(chance: random.Random, by: str) -> list[User]:
    people = []
    for number in range(64):
        name = _NAMES[number % len(_NAMES)]
        handle = f"{name.split()[0].lower().replace('ó', 'o')}{number or ''}"
        phone = f"1{chance.choice(['202', '303', '415'])}55501{number:02d}"
        person = create_user(by=by, username=handle, email=f"{handle}@example.com", phone=phone, name=name)
        person.created_at = timezone.now() - timedelta(days=_DAYS * (1 - number / 64) ** 1.3, minutes=5)
        people.append(person)
    User.objects.bulk_update(people, ["created_at"])
    return people


def _sign_ins(chance: random.Random, people: list[User]) -> None:
    events = []
    for back in range(_DAYS * 24):
        at = timezone.now() - timedelta(hours=back, minutes=chance.randrange(60))
        known = [person for person in people if person.created_at < at]
        for person in chance.sample(known, min(len(known), chance.choice((0, 0, 1, 1, 2)))):
            data = {"application": CAPACITOR, "method": chance.choice(_METHODS)}
            events.append(
                Event(
                    key="user.signed_in", actor=person.audit_name, target=person.audit_name, application=CAPACITOR,
                    data=data, address=f"203.0.113.{chance.randrange(1, 250)}", user_agent=_BROWSER, created_at=at,
                )
            )  # fmt: skip
            person.last_sign_in_at = max(person.last_sign_in_at or at, at)
    events.sort(key=lambda event: event.created_at)
    times = [event.created_at for event in events]
    Event.objects.bulk_create(events)
    for event, at in zip(events, times, strict=True):
        event.created_at = at
    Event.objects.bulk_update(events, ["created_at"], batch_size=200)
    User.objects.bulk_update(people, ["last_sign_in_at"])


def _messages(chance: random.Random, connector: Connector) -> None:
    rows = []
    for _ in range(420):
        country, price = chance.choices(_COUNTRIES, (8, 4, 2, 1))[0]
        luck = chance.random()
        arrived = luck < 0.94
        at = timezone.now() - timedelta(minutes=chance.randrange(28 * 24 * 60))
        rows.append(
            SentMessage(
                type="Sms", usage_type=chance.choice(("SignIn", "SignIn", "Register", "ForgotPassword")),
                connector=connector.pk, kind=connector.connector_id, recipient="0" * 64,
                recipient_hint=f"+1 ••• {chance.randrange(10, 99)}", country=country, provider_id="SM" + "0" * 32,
                status="delivered" if arrived else "failed" if luck < 0.98 else "refused", rank=3, segments=1,
                error_code="" if arrived else "30005",
                error_meaning="" if arrived else "The number is not in service.",
                price=Decimal(price) if luck < 0.98 else None, currency="USD" if luck < 0.98 else "",
                verified_at=at + timedelta(seconds=20) if luck < 0.87 else None, created_at=at,
            )
        )  # fmt: skip
    SentMessage.objects.bulk_create(rows)
