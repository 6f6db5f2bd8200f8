"""Is a password known from data breaches? Asked by k-anonymity: five characters of its SHA-1 leave this machine, no more.

Fails open: when the service cannot be reached the answer is no, and it is left alone for a minute.
"""

import hashlib
import logging
import time
from dataclasses import dataclass, field

import requests
from django.conf import settings

TIMEOUT = 1.5  # seconds; a person waits
_REST = 60.0  # seconds without a question after a failure

logger = logging.getLogger(__name__)


@dataclass
class Breaches:
    _quiet_until: float = field(default=0.0)

    def contains(self, password: str) -> bool:
        base = getattr(settings, "PWNED_API_BASE_URL", "")
        if not base or time.monotonic() < self._quiet_until:
            return False
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        try:
            answer = requests.get(
                f"{base}/range/{digest[:5]}", headers={"Add-Padding": "true"}, timeout=TIMEOUT, allow_redirects=False
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            self._quiet_until = time.monotonic() + _REST
            logger.warning("Breached passwords could not be looked up: %s", type(error).__name__)
            return False
        return any(
            suffix == digest[5:] and count.strip() != "0"
            for suffix, _, count in (line.partition(":") for line in answer.text.splitlines())
        )
