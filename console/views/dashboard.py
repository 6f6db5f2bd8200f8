"""How the installation is doing: who comes, how they sign in, what text messages cost."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console import charts
from console.access import Permission, needs
from console.replica import reads_replica
from idp.lib import countries
from idp.messaging.prices import MILLION
from idp.statistics import counting, reading
from idp.statistics.models import DailyCount

PERIODS = (7, 30, 90)
METHODS = {
    "password": "Password",
    "code": "One-time code",
    "passkey": "Passkey",
    "session": "Signed in already (single sign-on)",
}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, in words and as a bar; `percent` is of the largest or of the whole, as the list says."""

    label: str
    number: int
    percent: int
    of_all: int
    chart: charts.Chart | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """New people of some days, and what to say of the days before."""

    label: str
    number: int
    words: str
    direction: str  # up, down, or empty


@dataclass(frozen=True, slots=True)
class CountryRow:
    name: str
    sent: int
    delivered: int
    verified: int
    percent: int  # of those sent that were verified
    costs: list[str]


@needs(Permission.PEOPLE)
@require_safe
@reads_replica
def dashboard(request: HttpRequest) -> HttpResponse:
    """Four queries, whatever the size of the installation."""
    days = next((one for one in PERIODS if request.GET.get("days") == str(one)), 30)
    last = counting.today()
    numbers = reading.numbers(last=last, days=max(PERIODS))
    by_country = reading.countries(type="Sms", last=last, days=days)
    shown = numbers.last(days)
    context = {
        "periods": PERIODS, "days": days, "numbers": numbers,
        "new": [_change(numbers, number) for number in (1, 7, 30)],
        "active": _active(numbers),
        "new_chart": charts.bars(key="new", title="New users", unit="new users", days=shown.days, values=shown.new),
        "active_chart": _active_chart(shown),
        "methods": _methods(shown),
        "funnel": _funnel(by_country),
        "countries": [_country(one) for one in by_country],
        "costs": _costs([one.costs for one in by_country]),
    }  # fmt: skip
    return render(request, "console/dashboard/page.html", context)


def _change(numbers: reading.Numbers, days: int) -> Change:
    now, before = numbers.new_within(days)
    difference = now - before
    earlier = "yesterday" if days == 1 else f"the {days} days before"
    if difference:
        words = f"{abs(difference):,} {'more' if difference > 0 else 'fewer'} than {earlier}"
    else:
        words = f"as many as {earlier}"
    direction = "up" if difference > 0 else "down" if difference < 0 else ""
    return Change("Today" if days == 1 else f"{days} days", now, words, direction)


def _active(numbers: reading.Numbers) -> list[tuple[str, int]]:
    measures = DailyCount.Measure
    return [
        ("Today", numbers.active[measures.ACTIVE_DAY][-1]),
        ("Within 7 days", numbers.active[measures.ACTIVE_WEEK][-1]),
        ("Within 30 days", numbers.active[measures.ACTIVE_MONTH][-1]),
    ]


def _active_chart(numbers: reading.Numbers) -> charts.Chart:
    measures = DailyCount.Measure
    series = {
        "Monthly": numbers.active[measures.ACTIVE_MONTH],
        "Weekly": numbers.active[measures.ACTIVE_WEEK],
        "Daily": numbers.active[measures.ACTIVE_DAY],
    }
    return charts.lines(key="active", title="Active users", days=numbers.days, series=series)


def _methods(numbers: reading.Numbers) -> list[Share]:
    """The most used first, each with its own small chart."""
    sums = {label: sum(values) for label, values in numbers.by_method.items()}
    total = sum(sums.values())
    top = charts.nice_top(max(map(max, numbers.by_method.values()), default=0))
    return [
        Share(
            METHODS.get(label, label or "Another way"), sums[label], round(sums[label] * 100 / total),
            round(sums[label] * 100 / total),
            charts.bars(
                key=f"method-{label or 'other'}", title=f"Sign-ins: {METHODS.get(label, label or 'Another way')}",
                unit="sign-ins", days=numbers.days, values=numbers.by_method[label], top=top,
            ),
        )
        for label in sorted(sums, key=lambda label: -sums[label])
    ]  # fmt: skip


def _funnel(by_country: list[reading.Country]) -> list[Share]:
    sums = {name: sum(getattr(one, name) for one in by_country) for name in reading.FUNNEL}
    most = max(sums.values()) or 1
    return [
        Share(name.capitalize(), number, round(number * 100 / most), round(number * 100 / (sums["sent"] or 1)))
        for name, number in sums.items()
    ]


def _country(one: reading.Country) -> CountryRow:
    name = countries.in_english(one.code) if one.code else "Not known"
    percent = round(one.verified * 100 / one.sent) if one.sent else 0
    return CountryRow(name, one.sent, one.delivered, one.verified, percent, _costs([one.costs]))


def _costs(parts: list[dict[str, int]]) -> list[str]:
    """`12.50 EUR`, one for each currency."""
    sums: dict[str, int] = {}
    for costs in parts:
        for currency, amount in costs.items():
            sums[currency] = sums.get(currency, 0) + amount
    return [f"{amount / MILLION:,.2f} {currency}".strip() for currency, amount in sorted(sums.items())]
