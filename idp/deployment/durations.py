"""How long requests take as a rule, by their kind: who should answer the next one of that kind?

The thread that leads (see `leading`) should answer what is short and computes more than it waits (for a database far away, say): while it
waits, everybody waits.
"""

from dataclasses import dataclass

SHORT = 0.005  # seconds of computing
_KINDS = 1000  # at most, whose durations are remembered
_LONGEST_PAUSE = 64  # requests of a kind that waited too long, until the leader tries it again; it is doubled each time
_STEP = 1.1
_LEAST = 0.0001  # seconds


@dataclass(slots=True)
class _Usual:
    computing: float
    waiting: float | None = None  # of the leader; other threads wait for each other, too
    pause: int = 1
    passed_on: int = 0


class Durations:
    def __init__(self) -> None:
        self._usual: dict[bytes, _Usual] = {}

    def suit_the_leader(self, kind: bytes) -> bool:
        usual = self._usual.get(kind)
        if usual is None or usual.computing > SHORT:
            return False
        if usual.waiting is None or usual.waiting < usual.computing:
            usual.pause = 1
            return True
        usual.passed_on += 1
        if usual.passed_on <= usual.pause:
            return False
        usual.passed_on, usual.pause = 0, min(usual.pause * 2, _LONGEST_PAUSE)
        return True

    def note(self, kind: bytes, *, computing: float, waiting: float | None) -> None:
        """`kind` is empty for a request that is like no other."""
        if not kind:
            return
        usual = self._usual.get(kind)
        if usual is None:
            if len(self._usual) >= _KINDS:
                self._usual.clear()
            usual = self._usual[kind] = _Usual(computing)
        usual.computing = _moved(usual.computing, computing)
        if waiting is not None:
            usual.waiting = waiting if usual.waiting is None else _moved(usual.waiting, waiting)


def _moved(usual: float, seconds: float) -> float:
    """Near the shortest of late: what is longer was held up, or becomes usual step by step."""
    return min(seconds, max(usual, _LEAST) * _STEP)
