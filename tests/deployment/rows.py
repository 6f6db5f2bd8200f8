"""An installation with something in every kind of column, and a look at all of it."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from idp.applications.services import create_application
from idp.audit.models import Event
from idp.deployment.transfer import tables
from idp.messaging.models import Connector, SentMessage
from idp.mfa.models import TotpDevice
from idp.statistics.models import DailyCount, DailyMessages
from idp.tokens.keys import ensure_keys
from idp.tokens.models import IDToken
from idp.users.models import User
from idp.users.services import create_user

JSON = {"z": 1, "a": [1.0, 0.1, 1e16, -0.0, None, True], "ä": '☃ 😀 " \\ \n\t', "": {}, "big": 12345678901234567890}


def populate() -> User:
    ensure_keys()
    ada = create_user(by="test", username="ada", name='Ada 😀 \\N\t\n"Lovelace"', password="correct horse battery")
    User.objects.filter(pk=ada.pk).update(
        custom_data=JSON, created_at=datetime(2024, 2, 29, 23, 59, 59, 1, tzinfo=UTC), profile={}, avatar=None
    )
    shop = create_application(
        by="test", name="Shop", type="Traditional", redirect_uris=["https://shop.example/"], custom_data=JSON
    )
    Connector.objects.create(type="Sms", connector_id="twilio", config={"authToken": "secret", "n": [1, None]})
    TotpDevice.objects.create(user=ada, secret="JBSWY3DPEHPK3PXP", last_step=2**40)
    SentMessage.objects.create(
        type="Sms",
        usage_type="SignIn",
        connector="c",
        kind="k",
        recipient="r",
        recipient_hint="h",
        price=Decimal("-0.0075"),
    )
    DailyCount.objects.create(day=date(2024, 2, 29), measure="people", settled=7)
    DailyMessages.objects.create(day=date(2024, 3, 1), type="Sms", connector="c", country="DE", currency="EUR", cost=75)
    expires = timezone.now() + timedelta(days=1)
    IDToken.objects.create(user=ada, jti=uuid.uuid4(), application=shop, expires=expires, scope="openid")
    Event.objects.bulk_create(Event(key=f"test.{number}", data={"n": number, "x": None}) for number in range(50))
    return ada


def everything(*, besides: tuple[str, ...] = ("audit_event",), of: Any = connection) -> dict[str, Any]:
    """Count and checksum of each table."""
    return {table.name: tables.tally(of, table).as_json() for table in tables.tables(of) if table.name not in besides}
