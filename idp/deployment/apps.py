from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate


class Config(AppConfig):
    name = "idp.deployment"

    def ready(self) -> None:
        # Registered here because checks and receivers must exist once, after all models are loaded.
        from idp.audit.services import recorded  # noqa: PLC0415
        from idp.deployment import checks, erasure, furniture, metrics  # noqa: F401, PLC0415
        from idp.users.services import leaving  # noqa: PLC0415

        # Sent once for each app that has models: for the last one whose tables are needed.
        post_migrate.connect(furniture.ensure, sender=apps.get_app_config("signin"))
        leaving.connect(erasure.forget)
        if settings.METRICS_TOKEN:
            recorded.connect(metrics.count_event)
