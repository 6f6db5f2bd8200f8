"""CPU time of requests as bars, one group for each kind, on a logarithmic scale. An SVG that is read on white and on black."""

import math
from collections.abc import Mapping

from tests.bench.results import Results

KINDS = (
    "discovery", "keys (JWKS)", "client credentials", "introspection", "userinfo", "refresh, rotating", "sign-in by password",
    "sign-in by SMS code",
)  # fmt: skip
# Okabe and Ito's colours, told apart by everybody; the lightness differs too.
COLOURS = ("#0072b2", "#56b4e9", "#009e73", "#d55e00", "#e69f00", "#999999")
WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 900, 170, 70, 11, 16, 96
SMALLEST, LARGEST = 0.03, 300.0  # ms


def svg(results: Results, names: Mapping[str, str]) -> str:
    lines, y = [], float(TOP)
    for kind in KINDS:
        present = [
            (index, name)
            for index, name in enumerate(names)
            if name in results.served and kind in results.served[name].figures
        ]
        lines.append(f'<text x="{LEFT - 10}" y="{y + BAR * len(present) / 2 + 4:.1f}" text-anchor="end">{kind}</text>')
        for index, name in present:
            cost = results.served[name].figures[kind].cpu
            width = _x(cost) - LEFT
            lines.append(
                f'<rect x="{LEFT}" y="{y:.1f}" width="{width:.1f}" height="{BAR - 2}" fill="{COLOURS[index]}"/>'
            )
            lines.append(f'<text x="{LEFT + width + 4:.1f}" y="{y + BAR - 3:.1f}" font-size="9">{cost:.2f}</text>')
            y += BAR
        y += GAP
    return _frame(y, [*_legend(results, names), *_grid(y), *lines])


def _x(cost: float) -> float:
    part = math.log(max(cost, SMALLEST) / SMALLEST) / math.log(LARGEST / SMALLEST)
    return LEFT + part * (WIDTH - LEFT - RIGHT)


def _grid(bottom: float) -> list[str]:
    lines = []
    for cost in (0.1, 1, 10, 100):
        x = _x(cost)
        lines.append(
            f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{bottom - GAP:.1f}" stroke="#888" stroke-width="0.5"/>'
        )
        lines.append(f'<text x="{x:.1f}" y="{TOP - 14}" text-anchor="middle" font-size="10">{cost:g} ms</text>')
    return lines


def _legend(results: Results, names: Mapping[str, str]) -> list[str]:
    lines = []
    for index, (name, label) in enumerate(names.items()):
        if name not in results.served:
            continue
        x, y = 20 + index % 3 * 290, 40 + index // 3 * 20
        lines.append(f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{COLOURS[index]}"/>')
        lines.append(f'<text x="{x + 18}" y="{y}">{label}</text>')
    return lines


def _frame(height: float, lines: list[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-labelledby="t">',
            '<title id="t">CPU milliseconds for one request, web server and database together; shorter is better</title>',
            "<style>svg{font:12px system-ui,sans-serif;background:#fff}text{fill:#222}</style>",
            f'<rect width="{WIDTH}" height="{height:.0f}" fill="#fff"/>',
            '<text x="20" y="18" font-weight="bold">CPU milliseconds for one request, web server and database together</text>',
            *lines,
            "</svg>",
            "",
        ]
    )
