"""What a run of the benchmark found."""

from dataclasses import dataclass, field

from tests.bench.measuring import Figures


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU for one request."""

    application: float
    database: float

    @property
    def cpu(self) -> float:
        return self.application + self.database


@dataclass(frozen=True, slots=True)
class Bare:
    """A view of Django that answers with nothing, in a process of its own, without and with Django's own middleware (ms)."""

    view: float
    usual: float


@dataclass(slots=True)
class Served:
    """A server with one web process: seconds until it answered, MB of the process, and what requests cost."""

    start_seconds: float
    idle: float
    loaded: float = 0.0
    figures: dict[str, Figures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class People:
    """Whole pages of the console, and the median wait of each query alone (ms)."""

    pages: dict[str, Cost]
    queries: dict[str, float]


@dataclass(slots=True)
class Results:
    bare: Bare
    served: dict[str, Served] = field(default_factory=dict)
    in_process: dict[str, dict[str, Cost]] = field(default_factory=dict)
    people: dict[str, dict[int, People]] = field(default_factory=dict)
