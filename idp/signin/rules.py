"""What the sign-in experience may say (sections 4.1, 4.2). The order of checks is the table at the end; each names its rule."""

from collections.abc import Callable, Iterator
from typing import Any

from connectors.ports import ConnectorType
from idp.messaging.services import can_send
from idp.mfa.factors import CHANNELS, Factor
from idp.signin.errors import ExperienceInvalid
from idp.signin.models import SignInExperience
from idp.signin.policies import check_content, check_expiration, check_looks, check_mfa, check_policies
from idp.users.identifiers import KINDS

CONNECTOR_TYPES = {"email": ConnectorType.EMAIL, "phone": ConnectorType.SMS}
RECOVERY_METHODS = {"email": "EmailVerificationCode", "phone": "PhoneVerificationCode"}
_NAMES = {"email": "email", "phone": "SMS"}
# What a secondary identifier of sign-up is proved by; a username by nothing.
_CHANNELS_OF = {"email": ("email",), "phone": ("phone",), "emailOrPhone": ("email", "phone")}
SECONDARY = ("username", *_CHANNELS_OF)
_METHOD_KEYS = {"identifier", "password", "verificationCode", "isPasswordPrimary"}


def check(experience: SignInExperience) -> None:
    """Raises ExperienceInvalid with the first rule that is broken."""
    for rule in _RULES:
        rule(experience)


def secondary(experience: SignInExperience) -> list[dict[str, Any]]:
    """What new accounts have beside the identifier that they are made with."""
    found: list[dict[str, Any]] = experience.sign_up.get("secondaryIdentifiers", [])
    return found


def code_users(experience: SignInExperience) -> Iterator[tuple[str, str]]:
    """(JSON path, identifier) of every setting that sends codes."""
    for index, identifier in enumerate(experience.sign_up["identifiers"]):
        if identifier in CONNECTOR_TYPES and experience.sign_up["verify"]:
            yield f"$.signUp.identifiers[{index}]", identifier
    for index, one in enumerate(secondary(experience)):
        for identifier in _CHANNELS_OF.get(one["identifier"], ()):
            yield f"$.signUp.secondaryIdentifiers[{index}]", identifier
    for index, method in enumerate(experience.methods):
        if method["verificationCode"] and method["identifier"] in CONNECTOR_TYPES:
            yield f"$.signIn.methods[{index}]", method["identifier"]
    for index, factor in enumerate(experience.mfa_factors):
        if channel := CHANNELS.get(Factor(factor)):
            yield f"$.mfa.factors[{index}]", channel


def _shape(experience: SignInExperience) -> None:
    """Only known keys with values of the right type get any further."""
    sign_up, methods = experience.sign_up, experience.sign_in.get("methods")
    if set(sign_up) - {"secondaryIdentifiers"} != {"identifiers", "password", "verify"} or not isinstance(
        sign_up["identifiers"], list
    ):
        raise ExperienceInvalid("invalid_input", "Give identifiers, password and verify.", field="$.signUp")
    if not all(isinstance(sign_up[name], bool) for name in ("password", "verify")):
        raise ExperienceInvalid("invalid_input", "password and verify are true or false.", field="$.signUp")
    if not all(identifier in KINDS for identifier in sign_up["identifiers"]):
        raise ExperienceInvalid("invalid_input", f"Identifiers are {', '.join(KINDS)}.", field="$.signUp.identifiers")
    _secondary_shape(sign_up.get("secondaryIdentifiers", []))
    if not isinstance(methods, list) or not methods:
        raise ExperienceInvalid("invalid_input", "Keep at least one way to sign in.", field="$.signIn.methods")
    for index, method in enumerate(methods):
        if not _is_method(method):
            message = f"A method has exactly {', '.join(sorted(_METHOD_KEYS))}."
            raise ExperienceInvalid("invalid_input", message, field=f"$.signIn.methods[{index}]")
    if experience.sign_in_mode not in SignInExperience.Mode.values:
        raise ExperienceInvalid("invalid_input", "Choose SignIn, Register or SignInAndRegister.", field="$.signInMode")


def _secondary_shape(values: Any) -> None:
    field = "$.signUp.secondaryIdentifiers"
    if not isinstance(values, list):
        raise ExperienceInvalid("invalid_input", "Give a list of {identifier, verify}.", field=field)
    for index, one in enumerate(values):
        if not isinstance(one, dict) or not {"identifier"} <= set(one) <= {"identifier", "verify"}:
            raise ExperienceInvalid("invalid_input", "Give identifier and verify.", field=f"{field}[{index}]")
        if one["identifier"] not in SECONDARY or not isinstance(one.get("verify", False), bool):
            message = f"Secondary identifiers are {', '.join(SECONDARY)}."
            raise ExperienceInvalid("invalid_input", message, field=f"{field}[{index}]")


def _is_method(method: Any) -> bool:
    if not isinstance(method, dict) or set(method) != _METHOD_KEYS or method["identifier"] not in KINDS:
        return False
    return all(isinstance(method[name], bool) for name in _METHOD_KEYS - {"identifier"})


def _something_is_open(experience: SignInExperience) -> None:
    if experience.sign_in_mode == SignInExperience.Mode.REGISTER and not experience.sign_up["identifiers"]:
        message = "People could neither sign in nor sign up."
        raise ExperienceInvalid("sign_up_identifiers_missing", message, field="$.signUp.identifiers")


def _recovery_can_be_sent(experience: SignInExperience) -> None:
    methods = experience.forgot_password_methods
    if methods is None:
        return
    if not isinstance(methods, list) or not all(method in RECOVERY_METHODS.values() for method in methods):
        message = f"Methods are {' and '.join(RECOVERY_METHODS.values())}."
        raise ExperienceInvalid("invalid_input", message, field="$.forgotPasswordMethods")
    for kind, method in RECOVERY_METHODS.items():
        if method in methods and not can_send(CONNECTOR_TYPES[kind]):
            raise ExperienceInvalid(
                "forgot_password_method_requires_connector", f"Set up the {_NAMES[kind]} connector first.",
                field="$.forgotPasswordMethods", connector_type=str(CONNECTOR_TYPES[kind]),
            )  # fmt: skip


def _no_duplicates(experience: SignInExperience) -> None:
    identifiers = experience.sign_up["identifiers"]
    named = [method["identifier"] for method in experience.methods]
    for field, values in (("$.signUp.identifiers", identifiers), ("$.signIn.methods", named)):
        if len(values) != len(set(values)):
            message = "Each identifier can be chosen once."
            raise ExperienceInvalid("duplicated_sign_up_identifiers", message, field=field)


def _secondary_identifiers_add_something(experience: SignInExperience) -> None:
    """`emailOrPhone` joins neither an email address nor a phone number."""
    field = "$.signUp.secondaryIdentifiers"
    if secondary(experience) and not experience.sign_up["identifiers"]:
        message = "There is nothing to sign up with first."
        raise ExperienceInvalid("missing_sign_up_identifiers", message, field=field)
    seen = set(experience.sign_up["identifiers"])
    for index, one in enumerate(secondary(experience)):
        kinds = set(_CHANNELS_OF.get(one["identifier"], (one["identifier"],)))
        if kinds & seen:
            message = "People are asked for each identifier once."
            raise ExperienceInvalid("duplicated_sign_up_identifiers", message, field=f"{field}[{index}]")
        seen |= kinds


def _phone_and_email_are_verified(experience: SignInExperience) -> None:
    for index, one in enumerate(secondary(experience)):
        if one["identifier"] != "username" and not one.get("verify"):
            message = "Email addresses and phone numbers must be verified at sign-up."
            raise ExperienceInvalid(
                "passwordless_requires_verify", message, field=f"$.signUp.secondaryIdentifiers[{index}]"
            )  # fmt: skip
    if set(experience.sign_up["identifiers"]) & set(CONNECTOR_TYPES) and not experience.sign_up["verify"]:
        message = "Email addresses and phone numbers must be verified at sign-up."
        raise ExperienceInvalid("passwordless_requires_verify", message, field="$.signUp.verify")


def _username_has_a_password(experience: SignInExperience) -> None:
    if experience.sign_up["identifiers"] == ["username"] and not experience.sign_up["password"]:
        message = "A username alone proves nothing: new accounts need a password too."
        raise ExperienceInvalid("username_requires_password", message, field="$.signUp.password")


def _every_method_proves_something(experience: SignInExperience) -> None:
    for index, method in enumerate(experience.methods):
        if not method["password"] and (not method["verificationCode"] or method["identifier"] == "username"):
            message = "Choose password or verification code for each identifier (a username has no code)."
            raise ExperienceInvalid("at_least_one_authentication_factor", message, field=f"$.signIn.methods[{index}]")


def _sign_up_can_sign_in(experience: SignInExperience) -> None:
    missing = set(experience.sign_up["identifiers"]) - {method["identifier"] for method in experience.methods}
    if missing and experience.sign_in_mode != SignInExperience.Mode.SIGN_IN:
        message = f"People who sign up with {' or '.join(sorted(missing))} need a way to sign in with it."
        raise ExperienceInvalid("miss_sign_up_identifier_in_sign_in", message, field="$.signIn.methods")


def _without_a_password_a_code_must_do(experience: SignInExperience) -> None:
    if experience.sign_up["password"] or not experience.sign_up["verify"]:
        return
    for index, method in enumerate(experience.methods):
        if method["identifier"] in experience.sign_up["identifiers"] and not method["verificationCode"]:
            message = "New accounts have no password, so they must be able to sign in with a code."
            raise ExperienceInvalid("code_sign_in_must_be_enabled", message, field=f"$.signIn.methods[{index}]")


def _codes_can_be_sent(experience: SignInExperience) -> None:
    for field, identifier in code_users(experience):
        connector_type = CONNECTOR_TYPES[identifier]
        if not can_send(connector_type):
            message = f"Set up the {_NAMES[identifier]} connector first: codes cannot be sent without it."
            raise ExperienceInvalid(
                "enabled_connector_not_found", message, field=field, connector_type=str(connector_type)
            )


_RULES: tuple[Callable[[SignInExperience], None], ...] = (
    _shape,
    check_policies,
    check_expiration,
    check_looks,
    check_content,
    _something_is_open,
    _no_duplicates,
    _secondary_identifiers_add_something,
    _phone_and_email_are_verified,
    _username_has_a_password,
    _every_method_proves_something,
    _sign_up_can_sign_in,
    _without_a_password_a_code_must_do,
    check_mfa,
    _codes_can_be_sent,
    _recovery_can_be_sent,
)
