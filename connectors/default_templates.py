"""The texts a new connector starts with. Each text message in English fits one segment of 160 characters.

Whole sentences, one after the other, because each is translated as it stands (connectors.templates.choose).
"""

from django.utils.translation import gettext_noop as _

from connectors.ports import UsageType

SMS = {
    UsageType.SIGN_IN: _("{{code}} is your sign-in code. Do not share it with anyone. It is valid for 10 minutes."),
    UsageType.REGISTER: _("Welcome! {{code}} is the code to create your account. It is valid for 10 minutes."),
    UsageType.FORGOT_PASSWORD: _(
        "{{code}} is the code to reset your password. Not you? Ignore this message. It is valid for 10 minutes."
    ),
    UsageType.ORGANIZATION_INVITATION: _(
        "{{code}} is the code to accept your organization invitation. It is valid for 10 minutes."
    ),
    UsageType.GENERIC: _("{{code}} is your verification code. It is valid for 10 minutes."),
    UsageType.USER_PERMISSION_VALIDATION: _(
        "{{code}} is the code to confirm that it is you. It is valid for 10 minutes."
    ),
    UsageType.BIND_NEW_IDENTIFIER: _(
        "{{code}} is the code to add this phone number to your account. It is valid for 10 minutes."
    ),
    UsageType.MFA_VERIFICATION: _(
        "{{code}} is the code for your second sign-in step. Do not share it with anyone. It is valid for 10 minutes."
    ),
    UsageType.BIND_MFA: _("{{code}} is the code to turn on 2-step verification. It is valid for 10 minutes."),
}
# fmt: off
EMAIL = {
    UsageType.SIGN_IN: (
        _("Your sign-in code"),
        _("Hello,\n\nuse this code to sign in:\n\n    {{code}}\n\nIt is valid for 10 minutes. If you did not ask for it, you can ignore this message.\n"),
    ),
    UsageType.REGISTER: (
        _("Confirm your e-mail address"),
        _("Hello,\n\nuse this code to create your account:\n\n    {{code}}\n\nIt is valid for 10 minutes. If you did not ask for it, you can ignore this message.\n"),
    ),
    UsageType.FORGOT_PASSWORD: (
        _("Reset your password"),
        _("Hello,\n\nuse this code to choose a new password:\n\n    {{code}}\n\nIt is valid for 10 minutes. If you did not ask for it, you can ignore this message.\n"),
    ),
    UsageType.ORGANIZATION_INVITATION: (
        _("Your invitation to an organization"),
        _("Hello,\n\nopen this link to accept it:\n\n    {{link}}\n\nIf you do not know what this is about, you can ignore this message.\n"),
    ),
    UsageType.GENERIC: (
        _("Your verification code"),
        _("Hello,\n\nthis is your verification code:\n\n    {{code}}\n\nIt is valid for 10 minutes. If you did not ask for it, you can ignore this message.\n"),
    ),
    UsageType.USER_PERMISSION_VALIDATION: (
        _("Confirm that it is you"),
        _("Hello,\n\nuse this code to go on:\n\n    {{code}}\n\nIt is valid for 10 minutes. If you did not ask for it, you can ignore this message.\n"),
    ),
    UsageType.BIND_NEW_IDENTIFIER: (
        _("Confirm your new e-mail address"),
        _("Hello,\n\nuse this code to add this address:\n\n    {{code}}\n\nIt is valid for 10 minutes. If you did not ask for it, you can ignore this message.\n"),
    ),
    UsageType.MFA_VERIFICATION: (
        _("Your second sign-in step"),
        _("Hello,\n\nuse this code to finish signing in:\n\n    {{code}}\n\nIt is valid for 10 minutes. If you did not ask for it, you can ignore this message.\n"),
    ),
    UsageType.BIND_MFA: (
        _("Turn on 2-step verification"),
        _("Hello,\n\nuse this code to turn on 2-step verification:\n\n    {{code}}\n\nIt is valid for 10 minutes. If you did not ask for it, you can ignore this message.\n"),
    ),
}
# fmt: on

# For colleagues, in English as the console is. Not among the texts of a new connector: it may have one of its own, and needs none.
STAFF_EMAIL = {
    UsageType.ADMINISTRATOR_INVITATION: (
        "You are invited to administer {{host}}",
        "Hello,\n\n{{inviter}} invites you to help administer the sign-in service at {{host}}. Your role: {{role}}.\n\n"
        "Open this link and choose what you will sign in with:\n\n    {{link}}\n\n"
        "It works once, for three days. If you do not know {{inviter}}, ignore this message: without the link nothing happens.\n",
    ),
}


def sms_templates() -> list[dict[str, str]]:
    return [{"usageType": str(usage), "content": content} for usage, content in SMS.items()]


def email_templates() -> list[dict[str, str]]:
    return [
        {"usageType": str(usage), "contentType": "text/plain", "subject": subject, "content": content}
        for usage, (subject, content) in EMAIL.items()
    ]


def staff_template(usage: UsageType) -> dict[str, str] | None:
    """The text of a message to an administrator, for a connector that has none of its own; None for the other messages."""
    if usage not in STAFF_EMAIL:
        return None
    subject, content = STAFF_EMAIL[usage]
    return {"usageType": str(usage), "contentType": "text/plain", "subject": subject, "content": content}
