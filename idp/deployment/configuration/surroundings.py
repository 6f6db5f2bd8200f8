"""What stands around signing in, in the document: profile fields, the test for people, sentences, the account pages."""

from typing import Any

from connectors.registry import captcha_kinds
from idp.deployment.configuration.reading import ApplyError, Node
from idp.messaging.secrets import with_stored
from idp.signin.account_center import update_account_center
from idp.signin.languages import save_phrases
from idp.signin.models import CustomPhrases
from idp.users import profile_fields
from idp.users.models import ProfileField
from idp.verification import captcha

BY = "system:apply"
_DETAILS: dict[str, tuple[str, type]] = {
    "label": ("label", str), "labels": ("labels", dict), "description": ("description", str), "required": ("required", bool),
    "config": ("config", dict),
}  # fmt: skip
_ACCOUNT_CENTER: dict[str, tuple[str, type]] = {
    "enabled": ("enabled", bool), "fields": ("fields", dict), "deleteAccountUrl": ("delete_account_url", str),
    "webauthnRelatedOrigins": ("webauthn_related_origins", list),
}  # fmt: skip


def apply_profile_fields(node: Node) -> list[str]:
    """Created or updated, and asked in this order; those that are not named come after."""
    names = [_profile_field(item) for item in node.items()]
    present = list(ProfileField.objects.values_list("pk", flat=True))
    if present[: len(names)] != names:
        profile_fields.order_fields(by=BY, names=names)
    return [f"profile field {name}" for name in names]


def _profile_field(node: Node) -> str:
    found = node.fields(name=str, type=str, **{name: kind for name, (_, kind) in _DETAILS.items()})
    node.require(found, "name", "type", "label")
    name, type = found["name"].value, found["type"].value
    details = {key: found[wire].value for wire, (key, _) in _DETAILS.items() if wire in found}
    field = ProfileField.objects.filter(pk=name).first()
    with node.errors_here():
        if field is None:
            profile_fields.create_field(by=BY, name=name, type=type, **details)
        elif field.type != type:
            raise ApplyError(found["type"].path, f"type cannot change; here it is {field.type}.")
        elif any(getattr(field, key) != value for key, value in details.items()):
            profile_fields.update_field(by=BY, field=field, **details)
    return str(name)


def apply_captcha(node: Node) -> str:
    """The provider that tells people from robots; a secret that is left out stays as it is stored."""
    found = node.fields(type=str, config=dict)
    node.require(found, "type", "config")
    type, config = found["type"].value, found["config"].value
    kinds = captcha_kinds()
    if type not in kinds:
        raise ApplyError(found["type"].path, f"is not known here. Known are: {', '.join(kinds)}.")
    stored = captcha.stored_provider()
    with node.errors_here():
        if stored is not None and stored.type == type:
            config = with_stored(kinds[type], config, stored.config)
        if stored is None or (stored.type, stored.config) != (type, config):
            captcha.save_provider(by=BY, type=type, config=config)
    return f"CAPTCHA provider {type}"


def apply_phrases(node: Node) -> list[str]:
    """All that is said differently in each language that is named: {language: {English sentence: text}}."""
    stored: dict[str, Any] = dict(CustomPhrases.objects.values_list("pk", "translation"))
    for language, changes in node.value.items():
        inner = Node(f"{node.path}.{language}", changes)
        for sentence, text in inner.of_type(dict).items():
            Node(f"{inner.path}.{sentence}", text).of_type(str)
        with inner.errors_here():
            if stored.get(language) != changes:
                save_phrases(by=BY, language=language, changes=changes)
    return [f"sentences in {language}" for language in node.value]


def apply_account_center(node: Node) -> str:
    found = node.fields(**{name: kind for name, (_, kind) in _ACCOUNT_CENTER.items()})
    with node.errors_here():
        update_account_center(
            by=BY, **{column: found[name].value for name, (column, _) in _ACCOUNT_CENTER.items() if name in found}
        )
    return "account pages"
