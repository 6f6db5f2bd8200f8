from django.apps import AppConfig


class Config(AppConfig):
    name = "idp.authorization"

    def ready(self) -> None:
        from idp.authorization.roles import give_default_roles  # noqa: PLC0415  after the registry is whole
        from idp.users.services import arrived  # noqa: PLC0415

        arrived.connect(give_default_roles)
