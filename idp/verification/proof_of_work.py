"""A test for people that needs nobody else: their device works for a moment, which is nothing for one and much for thousands.

A challenge is `nonce.time.mac`; the mac covers the interaction, so it is good for one visit, and nothing is stored until it is
answered. An answer is the challenge followed by one number for each puzzle: SHA-256 of `mac:puzzle:number` must begin with
BITS zero bits. Several small puzzles take about as long for everybody; one big one would be luck.

Without a script there is patience instead: the bare challenge, WAIT seconds after it was made. Robots are patient too, so an
address gets only a few of those.
"""

import hashlib
import hmac
import math
import time
from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from idp.audit import caller
from idp.lib.throttle import Throttle
from idp.verification.errors import CaptchaFailed, CaptchaTooEarly
from idp.verification.models import UsedChallenge

PUZZLES = 8
BITS = 14  # 8 times 2^14 hashes on average: some 0.3 s on a telephone
LIFETIME = 3600  # seconds, as an interaction
WAIT = 12  # seconds
_patience = Throttle("captcha-wait", limit=6, seconds=600)


def new_challenge(interaction_id: str) -> str:
    start = f"{get_random_string(16)}.{int(time.time())}"
    return f"{start}.{_mac(interaction_id, start)}"


def is_open(interaction_id: str, challenge: str) -> bool:
    """May this challenge still be answered?"""
    return (
        _made_at(interaction_id, challenge) is not None
        and not UsedChallenge.objects.filter(pk=_key(challenge)).exists()
    )


def verify(interaction_id: str, answer: str) -> None:
    """Use the answer up. Raises CaptchaFailed, CaptchaTooEarly."""
    challenge, numbers = _parted(answer)
    made_at = _made_at(interaction_id, challenge)
    if made_at is None:
        raise CaptchaFailed(detail="not a challenge of this interaction, or too old")
    if numbers:
        if not _is_solved(challenge, numbers):
            raise CaptchaFailed(detail="wrong solution")
    elif (left := made_at + WAIT - time.time()) > 0:
        raise CaptchaTooEarly(math.ceil(left))
    elif not _patience.admits(caller.current().address):
        raise CaptchaFailed(detail="too many without a solution")
    _use(challenge)


def _parted(answer: str) -> tuple[str, list[str]]:
    parts = answer.split(".")
    return ".".join(parts[:3]), parts[3:]


def _made_at(interaction_id: str, challenge: str) -> int | None:
    """When it was made; None when it was not, or not here, or too long ago."""
    start, _, mac = challenge.rpartition(".")
    moment = start.rpartition(".")[2]
    if not moment.isdecimal() or not hmac.compare_digest(mac.encode(), _mac(interaction_id, start).encode()):
        return None
    return int(moment) if int(moment) + LIFETIME > time.time() else None


def _is_solved(challenge: str, numbers: list[str]) -> bool:
    mac = challenge.rpartition(".")[2]
    return len(numbers) == PUZZLES and all(
        number.isdecimal() and len(number) <= 10 and _has_zeros(f"{mac}:{puzzle}:{number}")
        for puzzle, number in enumerate(numbers)
    )


def _has_zeros(text: str) -> bool:
    start = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    return start >> (32 - BITS) == 0


def _use(challenge: str) -> None:
    expires_at = timezone.now() + timedelta(seconds=LIFETIME)
    _, created = UsedChallenge.objects.get_or_create(pk=_key(challenge), defaults={"expires_at": expires_at})
    if not created:
        raise CaptchaFailed(detail="used before")


def _mac(interaction_id: str, start: str) -> str:
    return salted_hmac("idp.verification.challenge", f"{interaction_id}:{start}", algorithm="sha256").hexdigest()[:32]


def _key(challenge: str) -> str:
    return hashlib.sha256(challenge.encode()).hexdigest()
