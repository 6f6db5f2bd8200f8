"""How often a server can do something, and what each time costs it."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.costs import Meter

Action = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one kind of request, each the best of several rounds: milliseconds of CPU, requests per second, milliseconds to wait."""

    application: float
    database: float
    rate: float
    p50: float
    p95: float

    @property
    def cpu(self) -> float:
        return self.application + self.database


def measure(meter: Meter, actions: Sequence[Action], *, seconds: float, rounds: int) -> Figures:
    """Each action again and again in a thread of its own."""
    _run(actions, min(seconds, 0.4))
    return best([_round(meter, actions, seconds) for _ in range(rounds)])


def best(rounds: Sequence[Figures]) -> Figures:
    """Others share the cores, so the lowest cost is the nearest to the truth."""
    cheapest = min(rounds, key=lambda figures: figures.cpu)
    return Figures(
        cheapest.application, cheapest.database, max(each.rate for each in rounds),
        min(each.p50 for each in rounds), min(each.p95 for each in rounds),
    )  # fmt: skip


def _round(meter: Meter, actions: Sequence[Action], seconds: float) -> Figures:
    application, database, start = meter.application(), meter.database_server(), time.perf_counter()
    took = _run(actions, seconds)
    elapsed = time.perf_counter() - start
    application, database = meter.application() - application, meter.database_server() - database
    p50, p95 = (took[int(len(took) * part)] * 1000 for part in (0.5, 0.95))
    return Figures(application / len(took), database / len(took), len(took) / elapsed, p50, p95)


def _run(actions: Sequence[Action], seconds: float) -> list[float]:
    """The duration of every call in seconds, in order of length. What one of them raises is raised here."""
    took: list[float] = []
    problems: list[BaseException] = []
    stop = time.perf_counter() + seconds

    def repeat(action: Action) -> None:
        while (start := time.perf_counter()) < stop and not problems:
            try:
                action()
            except BaseException as error:
                problems.append(error)
                return
            took.append(time.perf_counter() - start)

    threads = [threading.Thread(target=repeat, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return sorted(took)
