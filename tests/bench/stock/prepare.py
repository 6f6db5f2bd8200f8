"""python -m tests.bench.stock.prepare: the tables, ada, and three clients; a fourth has its secret hashed as the toolkit does."""

import os

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402  Django must be set up before its models
from django.core.management import call_command  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402


def main() -> None:
    call_command("migrate", verbosity=0)
    secret, callback = os.environ["SECRET"], os.environ["CALLBACK"]
    User.objects.create_superuser("ada", "ada@example.com", os.environ["PASSWORD"])
    flow = {"authorization_grant_type": "authorization-code", "redirect_uris": callback, "skip_authorization": True}
    clients = {
        "web": {"client_type": "confidential", "algorithm": "RS256", **flow},
        "native": {"client_type": "public", "algorithm": "RS256", **flow},
        "machine": {"client_type": "confidential", "authorization_grant_type": "client-credentials"},
        "hashed": {"client_type": "confidential", "authorization_grant_type": "client-credentials"},
    }
    for client_id, fields in clients.items():
        hashed = client_id == "hashed"
        Application.objects.create(
            name=client_id, client_id=client_id, client_secret=secret, hash_client_secret=hashed, **fields
        )


main()
