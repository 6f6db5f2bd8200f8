"""What was aimed at, and what came of it: one line for each, met or not."""

from collections.abc import Iterator

from tests.bench.results import Results

YARDSTICK = 0.11  # ms of a bare view of Django, on the machine where the aims were set
OURS, STOCK, NPM = "latchkey-postgresql", "toolkit-postgresql", "oidc-provider-postgresql"
COSTS = {
    "client credentials": 0.65,
    "introspection": 0.35,
    "userinfo": 0.35,
    "refresh, rotating": 1.5,
}  # ms at the yardstick
LIST_PAGE, SEARCH, MEMORY, START = 15.0, 20.0, 150.0, 2.0  # ms at the yardstick, ms, MB, s
FASTER = {STOCK: ("the stock toolkit", 4.0), NPM: ("oidc-provider on PostgreSQL", 5.0)}
TOKEN_ENDPOINTS = ("client credentials", "introspection", "userinfo", "refresh, rotating")


def reading(results: Results) -> Iterator[str]:
    """Markdown list items."""
    scale = results.bare.view / YARDSTICK
    for name, costs in results.in_process.items():
        for kind, aim in COSTS.items():
            found = costs[kind].cpu
            yield _item(
                found <= aim * scale, f"{kind}, {name}: {found:.2f} ms; the aim is {aim:.2f}, here {aim * scale:.2f}"
            )
    ours = results.served.get(OURS)
    for other, (name, factor) in FASTER.items():
        if ours is None or other not in results.served:
            continue
        for kind in TOKEN_ENDPOINTS:
            found = results.served[other].figures[kind].cpu / ours.figures[kind].cpu
            yield _item(
                found >= factor, f"{kind}: {name} needs {found:.1f} times our CPU time; the aim is {factor:.0f}"
            )
    for kind, sizes in results.people.items():
        size = max(sizes)
        page = sizes[size].pages["list"].cpu
        aim = LIST_PAGE * scale
        yield _item(
            page <= aim,
            f"list of people among {size:,}, {kind}: {page:.1f} ms; the aim is {LIST_PAGE:.0f}, here {aim:.0f}",
        )
        waits = {name: wait for name, wait in sizes[size].queries.items() if name != "list"}
        worst = max(waits, key=lambda name: waits[name])
        yield _item(
            waits[worst] <= SEARCH,
            f"search among {size:,}, {kind}: {waits[worst]:.1f} ms at the most ({worst}); the aim is {SEARCH:.0f}",
        )
    for name, served in results.served.items():
        if name.startswith("latchkey"):
            yield _item(served.idle <= MEMORY, f"memory, {name}: {served.idle:.0f} MB idle; the aim is {MEMORY:.0f}")
            yield _item(
                served.start_seconds <= START,
                f"cold start, {name}: {served.start_seconds:.1f} s; the aim is {START:.0f}",
            )


def _item(met: bool, sentence: str) -> str:
    return f"- {'met' if met else '**not met**'}: {sentence}"
