"""What is refused before any service is asked. For administrators and developers, in English."""

from idp.lib.errors import DomainError


class SubjectMissing(DomainError):
    code = "auth.jwt_sub_missing"
    message = "The access token names nobody."
    status = 401


class Forbidden(DomainError):
    code = "auth.forbidden"
    message = "This access token, or the role of whose API key this is, does not allow that."
    status = 403


class NotSupported(DomainError):
    """A parameter of Logto's that means nothing here: refused, because the answer without it would be a wrong one."""

    code = "guard.invalid_input"

    def __init__(self, parameter: str, why: str) -> None:
        super().__init__(f"{parameter}: {why}", parameter=parameter)


class NoSuchEntity(DomainError):
    """`kind` is what the sentence calls it."""

    code = "entity.not_exists_with_id"
    message = "There is no such thing."
    status = 404

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"There is no {kind} {identifier}.", id=identifier)


class NoSuchRelated(DomainError):
    """Ids in a body that name nothing."""

    code = "entity.relation_foreign_key_not_found"
    status = 422

    def __init__(self, kind: str, identifiers: list[str]) -> None:
        super().__init__(f"There is no {kind} {', '.join(identifiers)}.", ids=identifiers)
