"""What `manage.py` does with a command line: Django's commands and ours, and one sentence where a traceback would say no more."""

import sys

from django.core.management import execute_from_command_line

from idp.lib.outage import is_cache_outage, is_outage


def main(arguments: list[str]) -> None:
    """Run a command. One that finds no database (or no shared cache) ends with 1 and says so; `--traceback` shows where."""
    try:
        execute_from_command_line(arguments)
    except Exception as error:
        if not is_outage(error) or "--traceback" in arguments:
            raise
        sys.exit(f"CommandError: {_sentence(error)}")


def _sentence(error: Exception) -> str:
    what, variable = ("shared cache", "CACHE_URL") if is_cache_outage(error) else ("database", "DATABASE_URL")
    reason = str(error).partition("\n")[0].rstrip(".")
    return f"The {what} cannot be used: {reason}. Check {variable} and whether it runs."
