"""What happened, in words: one sentence for each key of the audit log, grouped as the filter shows them."""

from idp.audit.models import Event

GROUPS: dict[str, dict[str, str]] = {
    "Signing in": {
        "user.signed_in": "Signed in",
        "user.sign_in_failed": "A sign-in failed",
        "user.signed_out": "Was signed out",
        "user.agreed_to_terms": "Agreed to the terms",
        "identifier.locked_out": "An identifier was locked after too many wrong tries",
        "attempts.limited": "Too many wrong tries came from one address or browser",
        "identifier.unblocked": "Locked identifiers were unlocked",
        "one_time_token.created": "A sign-in link was made",
        "one_time_token.consumed": "A sign-in link was used",
        "one_time_token.revoked": "A sign-in link was withdrawn",
    },
    "Codes and messages": {
        "verification.code_sent": "A code was sent",
        "verification.send_failed": "A code could not be sent",
        "verification.wrong_code": "A wrong code was entered",
        "verification.rate_limited": "A code was not sent: too many for now",
        "captcha.unavailable": "The CAPTCHA provider did not answer",
        "sms.budget_used_up": "A limit on text messages was reached",
        "sms.prefix_blocked": "A number range was blocked as suspicious",
        "sms.prefix_unblocked": "A number range was unblocked",
        "sms.alert_dismissed": "A text message alert was dismissed",
    },
    "Second factors and proofs": {
        "user.mfa_bound": "Set up a second factor",
        "user.mfa_removed": "A second factor was removed",
        "user.mfa_reset": "All second factors were reset",
        "user.mfa_enabled": "Turned on the second step",
        "user.mfa_verified": "Passed the second step",
        "user.mfa_failed": "Failed the second step",
        "user.mfa_spared": "Was spared the second step on a trusted device",
        "user.mfa_triggered": "An unusual sign-in asked for the second step",
        "user.mfa_skipped": "Skipped setting up a second factor",
        "user.mfa_suggestion_skipped": "Skipped the suggestion of a further factor",
        "user.passkey_skipped": "Skipped making a passkey",
        "user.passkey_renamed": "Renamed a passkey",
        "user.passkey_cloned": "A passkey was refused: it looks copied",
        "user.device_trusted": "Trusted a device",
        "user.device_forgotten": "A trusted device was forgotten",
        "user.identity_verified": "Proved who they are",
        "user.identity_check_failed": "Failed to prove who they are",
    },
    "People": {
        "user.created": "A user was created",
        "user.updated": "A user was changed",
        "user.password_set": "A password was set",
        "user.suspended": "A user was suspended",
        "user.reactivated": "A user was reactivated",
        "user.deleted": "A user was deleted",
        "user.data_exported": "Downloaded a copy of their data",
        "application.access_revoked": "All access of an application was revoked",
        "user.application_access_revoked": "The access of an application was revoked",
        "administrator.created": "An administrator was created",
        "administrator.invited": "An administrator was invited",
        "administrator.accepted": "Accepted an invitation to administer",
        "administrator.invitation_revoked": "An invitation to administer was taken back",
        "administrator.role_changed": "The role of an administrator was changed",
        "administrator.removed": "An administrator lost access to the console",
        "administrator.signed_out": "An administrator was signed out of the console",
        "profile_field.created": "A profile field was created",
        "profile_field.updated": "A profile field was changed",
        "profile_field.deleted": "A profile field was deleted",
        "profile_field.ordered": "Profile fields were put in order",
    },
    "Applications": {
        "application.created": "An application was created",
        "application.updated": "An application was changed",
        "application.deleted": "An application was deleted",
        "application.secret_created": "A secret was created",
        "application.secret_revealed": "A secret was shown",
        "application.secret_deleted": "A secret was deleted",
        "application.logout_delivered": "An application was told of a sign-out",
        "application.logout_undelivered": "An application could not be told of a sign-out",
        "resource.created": "An API resource was created",
        "resource.updated": "An API resource was changed",
    },
    "Tokens": {
        "grant.created": "Access was granted",
        "grant.redeemed": "Tokens were issued",
        "grant.revoked": "Access was ended with all its tokens",
        "access_token.revoked": "An access token was revoked",
        "consent.given": "Consented to what an application asks for",
        "oidc.refused": "A request of an application was refused",
        "device.started": "A device asked for a sign-in",
        "device.approved": "A device was let in",
        "device.denied": "A device was turned away",
        "device.code_unknown": "An unknown device code was entered",
        "subject_token.created": "A token to act as a user was made",
        "personal_access_token.created": "A personal access token was created",
        "personal_access_token.deleted": "A personal access token was deleted",
        "token.exchanged": "A token was exchanged",
    },
    "Settings": {
        "sign_in_experience.updated": "The sign-in experience was changed",
        "account_center.updated": "The account pages were changed",
        "custom_phrases.updated": "Sentences of a language were changed",
        "captcha.provider_saved": "The CAPTCHA provider was set up",
        "captcha.provider_removed": "The CAPTCHA provider was removed",
        "connector.created": "A connector was created",
        "connector.updated": "A connector was changed",
        "connector.deleted": "A connector was deleted",
        "connector.reordered": "Connectors were put in order",
        "connector.tested": "A connector was tested",
        "connector.failed_over": "A connector failed, the next one was used",
        "signing_key.created": "A signing key was created",
        "signing_key.rotated": "A new signing key was made",
        "signing_key.promoted": "A new signing key came into use",
        "signing_key.deleted": "A signing key was deleted",
        "outbox.cleared": "The outbox was cleared",
        "organization.created": "An organization was created",
        "organization.updated": "An organization was changed",
        "organization.deleted": "An organization was deleted",
        "organization.member_added": "Somebody became a member of an organization",
        "organization.member_removed": "Somebody is no longer a member of an organization",
        "audit.exported": "Activity was exported",
        "user.exported": "Users were exported",
        "user.import_discarded": "A file of users was thrown away",
        "user.import_started": "An import of users was started",
        "user.import_finished": "An import of users was finished",
    },
}
SENTENCES = {key: sentence for group in GROUPS.values() for key, sentence in group.items()}
# What an actor or target is, where its own name does not say it well.
_KINDS = {
    "interaction": "Sign-in attempt", "sms": "Text messages", "captcha": "CAPTCHA", "connector-kind": "Connector type",
    "connector-type": "Connectors for", "sign-in-experience": "Sign-in experience",
}  # fmt: skip


def sentence(event: Event) -> str:
    return SENTENCES.get(event.key, event.key)


def thing_in_words(name: str) -> str:
    """`signing-key:abc` is `Signing key abc`."""
    kind, _, identifier = name.partition(":")
    words = _KINDS.get(kind, kind.replace("-", " ").capitalize())
    return f"{words} {identifier}".strip()
