"""`manage.py serve`: migrate, collect static files, say what to open, and answer requests, with `work` beside it."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import OperationalError
from gunicorn.app.base import BaseApplication

from idp.deployment import setup_token
from idp.deployment.companion import Companion
from idp.users.models import Installation


class Gunicorn(BaseApplication):
    def load_config(self) -> None:
        options = {
            "bind": f"{settings.HOST}:{settings.PORT}",
            "workers": settings.WEB_WORKERS,
            "threads": 8,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 65,  # longer than a proxy keeps its side
            "limit_request_line": 8190,  # authorization requests are long
            "control_socket_disable": True,  # it would need a writable home
            "errorlog": "-",
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return get_internal_wsgi_application()  # settings.WSGI_APPLICATION, built by each worker


def _migrate() -> None:
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise CommandError(f"The database cannot be used: {error}. Check DATABASE_URL and whether it runs.") from error


class Command(BaseCommand):
    help = "Migrate the database and serve on HOST:PORT."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-migrate", action="store_true", help="The database is migrated by a step of its own.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["no_migrate"]:
            _migrate()
        if settings.PRODUCTION:
            call_command("collectstatic", interactive=False, verbosity=0)
        self._welcome()
        Companion()
        Gunicorn().run()

    def _welcome(self) -> None:
        lines = [
            f"Latchkey listens on http://{settings.HOST}:{settings.PORT}",
            f"  console   {settings.ENDPOINT}/console/",
        ]
        lines.append(f"  endpoint  {settings.ENDPOINT}   (what the SDK's `endpoint` is)")
        if not Installation.is_claimed():
            lines.append(f"  create the first administrator: {setup_token.link()}")
        if not settings.PRODUCTION:
            lines.append(f"  messages without a connector: {settings.ENDPOINT}/console/outbox, and here")
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
