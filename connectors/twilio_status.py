"""What Twilio posts to a status callback: signed with the account's auth token over the URL and every field."""

from collections.abc import Mapping
from typing import Any

from twilio.request_validator import RequestValidator

from connectors.errors import ConnectorError
from connectors.ports import BadSignature, DeliveryStatus, StatusReport
from connectors.twilio_errors import explain

# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
STATUSES = {
    "accepted": DeliveryStatus.ACCEPTED,
    "scheduled": DeliveryStatus.ACCEPTED,
    "queued": DeliveryStatus.ACCEPTED,
    "sending": DeliveryStatus.ACCEPTED,
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    "undelivered": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}


def read_status(
    config: Mapping[str, Any], url: str, fields: Mapping[str, str], headers: Mapping[str, str]
) -> StatusReport:
    signature = headers.get("X-Twilio-Signature", "")
    if not RequestValidator(config["authToken"]).validate(url, dict(fields), signature):
        raise BadSignature
    status = STATUSES.get(fields.get("MessageStatus", ""))
    code = fields.get("ErrorCode", "")
    failed = status is DeliveryStatus.FAILED
    return StatusReport(status, error=_error(int(code) if code.isdecimal() else 0) if failed else None)


def _error(code: int) -> ConnectorError:
    known = explain(code or 30000, 0)
    return ConnectorError(**known._asdict(), provider_code=str(code) if code else "")
