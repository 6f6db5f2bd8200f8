"""Charts as numbers that a template draws as inline SVG. No script, no style attribute: shapes, and a table of the same numbers.

Shapes are in a box of WIDTH by HEIGHT that the page stretches to its column, so nothing in the box may be text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 1000, 100
_GAP = 0.25  # of a bar's place


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    path: str
    total: str  # what the legend says beside the label


@dataclass(frozen=True, slots=True)
class Chart:
    """`columns` and `rows` are the table; `top` is the value of the upper edge, `first` and `last` the days at the sides."""

    key: str
    title: str
    description: str
    top: int
    first: str
    last: str
    columns: list[str]
    rows: list[list[str]]
    bars: list[Bar]
    lines: list[Line]


def bars(*, key: str, title: str, unit: str, days: Sequence[date], values: Sequence[int], top: int = 0) -> Chart:
    """One bar for each day. Charts that are to be compared get the same `top`."""
    top = top or nice_top(max(values, default=0))
    place = WIDTH / max(len(values), 1)
    drawn = [
        Bar(
            round(number * place + place * _GAP / 2, 2), round(HEIGHT - _height(value, top), 2),
            round(place * (1 - _GAP), 2), round(_height(value, top), 2), f"{in_words(day)}: {value:,} {unit}",
        )
        for number, (day, value) in enumerate(zip(days, values, strict=True))
    ]  # fmt: skip
    described = f"{sum(values):,} {unit} in {len(values)} days; {_peak(days, values)}."
    rows = [[in_words(day), f"{value:,}"] for day, value in zip(days, values, strict=True)]
    return _chart(key, title, described, top, days, ["Day", unit.capitalize()], rows, bars=drawn)


def lines(*, key: str, title: str, days: Sequence[date], series: Mapping[str, Sequence[int]]) -> Chart:
    """One line for each of the series, told apart by their dashes and labels."""
    top = nice_top(max((max(values, default=0) for values in series.values()), default=0))
    step = WIDTH / max(len(days) - 1, 1)
    drawn = [
        Line(label, _path(values, step, top), f"{values[-1]:,}" if values else "0") for label, values in series.items()
    ]
    described = "Today: " + ", ".join(f"{line.label.lower()} {line.total}" for line in drawn) + "."
    rows = [[in_words(day), *(f"{values[number]:,}" for values in series.values())] for number, day in enumerate(days)]
    return _chart(key, title, described, top, days, ["Day", *series], rows, lines=drawn)


def nice_top(most: int) -> int:
    """The first of 4, 5, 10, 20, 50, 100, … that is enough."""
    if most <= 4:
        return 4
    power = 1
    while True:
        for step in (5, 10, 20):
            if most <= step * power:
                return step * power
        power *= 10


def in_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _chart(
    key: str, title: str, description: str, top: int, days: Sequence[date], columns: list[str], rows: list[list[str]],
    *, bars: list[Bar] | None = None, lines: list[Line] | None = None,
) -> Chart:  # fmt: skip
    first, last = (f"{days[0].day} {days[0]:%b}", f"{days[-1].day} {days[-1]:%b}") if days else ("", "")
    return Chart(key, title, description, top, first, last, columns, rows[::-1], bars or [], lines or [])


def _height(value: int, top: int) -> float:
    return value * HEIGHT / top


def _path(values: Sequence[int], step: float, top: int) -> str:
    points = [f"{round(n * step, 2)} {round(HEIGHT - _height(value, top), 2)}" for n, value in enumerate(values)]
    return "M" + " L".join(points) if points else ""


def _peak(days: Sequence[date], values: Sequence[int]) -> str:
    most = max(values, default=0)
    return f"the most on {in_words(days[list(values).index(most)])}, {most:,}" if most else "none so far"
