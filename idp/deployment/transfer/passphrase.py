"""How commands are told a passphrase: never on the command line, where other users of the machine see it."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from idp.lib.environment import named

_SHORTEST = 12


def add_arguments(parser: CommandParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--passphrase-env", metavar="NAME", help="the variable that holds the passphrase of the file")
    group.add_argument(
        "--key-file", type=Path, metavar="PATH", help="a file that holds the passphrase in its first line"
    )


def passphrase_of(options: dict[str, Any]) -> str:
    """Empty when none is wanted. Raises CommandError."""
    if options["passphrase_env"]:
        where, found = options["passphrase_env"], named(options["passphrase_env"])
    elif options["key_file"]:
        where = str(options["key_file"])
        try:
            found = (options["key_file"].read_text(encoding="utf-8").splitlines() or [""])[0]
        except OSError as error:
            raise CommandError(f"{where} cannot be read: {error.strerror}.") from error
    else:
        return ""
    if len(found) < _SHORTEST:
        raise CommandError(f"The passphrase in {where} has fewer than {_SHORTEST} characters.")
    return found
