"""Keys that a laptop makes for itself, once, readable by its owner only. Production brings its own."""

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.management.utils import get_random_secret_key


def new_secret_key() -> str:
    return get_random_secret_key()


def new_encryption_key() -> str:
    return Fernet.generate_key().decode()


def local_secret(folder: Path, name: str, make: Callable[[], str], *, allowed: bool) -> str:
    """The secret kept in `folder/name`, made on first use; "" where none may be made (production).

    Two processes may start at once: the file appears under its name only when complete, and the first one wins.
    """
    if not allowed:
        return ""
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its secret counts
        finally:
            draft.unlink()
    return path.read_text().strip()
