"""The texts a new connector starts with. Each text message fits one segment of 160 characters."""

from connectors.ports import UsageType

_LASTS = "It is valid for 10 minutes."

SMS = {
    UsageType.SIGN_IN: "{{code}} is your sign-in code. Do not share it with anyone.",
    UsageType.REGISTER: "Welcome! {{code}} is the code to create your account.",
    UsageType.FORGOT_PASSWORD: "{{code}} is the code to reset your password. Not you? Ignore this message.",
    UsageType.ORGANIZATION_INVITATION: "{{code}} is the code to accept your organization invitation.",
    UsageType.GENERIC: "{{code}} is your verification code.",
    UsageType.USER_PERMISSION_VALIDATION: "{{code}} is the code to confirm that it is you.",
    UsageType.BIND_NEW_IDENTIFIER: "{{code}} is the code to add this phone number to your account.",
    UsageType.MFA_VERIFICATION: "{{code}} is the code for your second sign-in step. Do not share it with anyone.",
    UsageType.BIND_MFA: "{{code}} is the code to turn on 2-step verification.",
}

EMAIL = {
    UsageType.SIGN_IN: ("Your sign-in code", "use this code to sign in:"),
    UsageType.REGISTER: ("Confirm your e-mail address", "use this code to create your account:"),
    UsageType.FORGOT_PASSWORD: ("Reset your password", "use this code to choose a new password:"),
    UsageType.ORGANIZATION_INVITATION: ("Your invitation to an organization", "open this link to accept it:"),
    UsageType.GENERIC: ("Your verification code", "this is your verification code:"),
    UsageType.USER_PERMISSION_VALIDATION: ("Confirm that it is you", "use this code to go on:"),
    UsageType.BIND_NEW_IDENTIFIER: ("Confirm your new e-mail address", "use this code to add this address:"),
    UsageType.MFA_VERIFICATION: ("Your second sign-in step", "use this code to finish signing in:"),
    UsageType.BIND_MFA: ("Turn on 2-step verification", "use this code to turn on 2-step verification:"),
}

_CODE = f"\n\n    {{{{code}}}}\n\n{_LASTS} If you did not ask for it, you can ignore this message.\n"
_LINK = "\n\n    {{link}}\n\nIf you do not know what this is about, you can ignore this message.\n"


def sms_templates() -> list[dict[str, str]]:
    return [{"usageType": str(usage), "content": f"{text} {_LASTS}"} for usage, text in SMS.items()]


def email_templates() -> list[dict[str, str]]:
    return [_email(usage, subject, lead) for usage, (subject, lead) in EMAIL.items()]


def _email(usage: UsageType, subject: str, lead: str) -> dict[str, str]:
    ending = _LINK if usage is UsageType.ORGANIZATION_INVITATION else _CODE
    content = f"Hello,\n\n{lead}{ending}"
    return {"usageType": str(usage), "contentType": "text/plain", "subject": subject, "content": content}
