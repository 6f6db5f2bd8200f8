"""`manage.py apply` for each file that a line of standard input names; a line of standard output says how it went."""

import os
import sys
from io import StringIO

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connections

    for line in sys.stdin:
        answer = "ok"
        try:
            call_command("apply", line.strip(), stdout=StringIO())
        except Exception as error:
            answer = repr(error)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
        connections.close_all()


if __name__ == "__main__":
    main()
