"""The scopes that are about people; everything else in a request is a permission of an API resource or unknown."""

CLAIMS_OF_SCOPE: dict[str, tuple[str, ...]] = {
    "openid": ("sub",),
    "offline_access": (),
    "profile": (
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
        "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at", "username", "created_at",
    ),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "address": ("address",),
    "custom_data": ("custom_data",),
    "roles": ("roles",),
    "urn:logto:scope:organizations": ("organizations", "organization_data"),
    "urn:logto:scope:organization_roles": ("organization_roles",),
    # What an app may do with the account by the Account API; no claims.
    "identities": (),
    "urn:logto:scope:sessions": (),
    "urn:logto:scope:trusted_devices": (),
}  # fmt: skip
USER_SCOPES = tuple(CLAIMS_OF_SCOPE)
ORGANIZATIONS = "urn:logto:scope:organizations"
# Virtual resource that SDKs add when they ask for organization tokens; it has no tokens of its own.
ORGANIZATIONS_RESOURCE = "urn:logto:resource:organizations"


def user_scopes(scope: str) -> list[str]:
    """The scopes about people in a list that may name permissions of APIs too, in the order given."""
    return [name for name in scope.split() if name in CLAIMS_OF_SCOPE]
