"""`manage.py serve`: everything that runs, under one parent: web workers, and `work` beside them; or one of the two."""

import logging
import os
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication

from idp.deployment import metrics, preflight, schema, setup_token
from idp.deployment.companion import Companion
from idp.deployment.patient import allow_connections
from idp.users.models import Installation

logger = logging.getLogger(__name__)
_CONNECTIONS = 10_000  # of each worker; what is silent costs a few kilobytes
_MEMORY = "/dev/shm"  # noqa: S108  where workers show that they live: a disk may be slow, or read-only


class Gunicorn(BaseApplication):
    def load_config(self) -> None:
        options = {
            "bind": f"{settings.HOST}:{settings.PORT}",
            "workers": settings.WEB_WORKERS,
            "threads": settings.WEB_THREADS,
            "worker_class": "idp.deployment.patient.PatientWorker",
            "worker_connections": allow_connections(_CONNECTIONS),
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 65,  # longer than a proxy keeps its side
            "limit_request_line": 8190,  # authorization requests are long
            "control_socket_disable": True,  # it would need a writable home
            "worker_tmp_dir": _MEMORY if os.access(_MEMORY, os.W_OK) else None,
            "errorlog": "-",
            "loglevel": "warning",
            "logconfig_dict": _gunicorn_logs(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return get_internal_wsgi_application()  # settings.WSGI_APPLICATION, built by each worker


class Command(BaseCommand):
    help = "Answer requests on HOST:PORT, with the background worker beside it."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", choices=("web", "worker"), help="one half alone: for machines, containers or units of their own"
        )
        migrate = parser.add_mutually_exclusive_group()
        migrate.add_argument(
            "--migrate", action="store_true", default=not settings.PRODUCTION,
            help="migrate the database first; without DEBUG=false this is the default",
        )  # fmt: skip
        migrate.add_argument(
            "--no-migrate", action="store_false", dest="migrate", help="the database is migrated by a step of its own"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _prepare_database(migrate=options["migrate"])
        if options["only"] == "worker":
            call_command("work")
            return
        _collect_static_files()
        metrics.prepare_directory()
        self._welcome()
        _forget_connections()
        if options["only"] is None:
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


def _gunicorn_logs() -> dict[str, Any]:
    """Its complaints look like ours."""
    ours: dict[str, Any] = settings.LOGGING
    complaints = {"handlers": ["console"], "level": "WARNING", "propagate": False}
    return ours | {"loggers": {**ours["loggers"], "gunicorn.error": complaints, "gunicorn.access": complaints}}


def _prepare_database(*, migrate: bool) -> None:
    if problems := preflight.problems(will_migrate=migrate):
        raise CommandError("\n".join(problems))
    if migrate:
        call_command("migrate", interactive=False, verbosity=0)
    missing = schema.missing_migrations()
    if missing:
        raise CommandError(
            f"The database is older than this version: {len(missing)} migrations are missing, the first is {missing[0]}. "
            "Back it up and run `python manage.py migrate` once (`manage.py preflight` looks first), or start one process with --migrate."
        )
    if note := preflight.note_on_newer():
        logger.warning(note)


def _collect_static_files() -> None:
    """Where they cannot be written, as in the image, they were collected when it was built."""
    if not settings.PRODUCTION:
        return
    if settings.STATIC_ROOT.is_dir() and not os.access(settings.STATIC_ROOT, os.W_OK):
        if not staticfiles_storage.exists("staticfiles.json"):
            raise CommandError(f"{settings.STATIC_ROOT} is empty and cannot be written. Set STATIC_ROOT or DATA_DIR.")
        return
    call_command("collectstatic", interactive=False, verbosity=0)


def _forget_connections() -> None:
    """Workers are copies of this process, and a connection must not be shared."""
    for opened in connections.all(initialized_only=True):
        opened.close()
        if getattr(opened, "pool", None) is not None:
            opened.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
