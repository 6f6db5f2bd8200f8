"""Forms of connectors as a browser sends them."""

import json
from typing import Any

from idp.signin.experience import update_experience

TWILIO = "twilio-short-message-service"
SMTP = "simple-mail-transfer-protocol"
SECRET = "s3cret-auth-token"
SETUP = f"/console/connectors/setup/{TWILIO}"
TEMPLATES = [
    {"usageType": usage, "content": f"{usage}: {{{{code}}}}"}
    for usage in ("SignIn", "Register", "ForgotPassword", "Generic")
]


def twilio_config(**changes: Any) -> dict[str, Any]:
    config = {"accountSID": "ACtest", "authToken": SECRET, "fromMessagingServiceSID": "MGtest", "templates": TEMPLATES}
    return config | changes


def posted(**changes: Any) -> dict[str, str]:
    """The form as a browser sends it; a switch that is off is absent."""
    values = twilio_config(**changes)
    return {
        f"config-{key}": value if isinstance(value, str) else json.dumps(value, indent=2)
        for key, value in values.items()
    }


def sms_by_code(by: str = "test") -> None:
    update_experience(
        by=by,
        sign_up={"identifiers": ["phone"], "password": False, "verify": True},
        sign_in={
            "methods": [
                {"identifier": "phone", "password": False, "verificationCode": True, "isPasswordPrimary": False}
            ]
        },
    )
