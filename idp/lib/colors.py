"""Colours as the web writes them, and whether one can be read on another (WCAG 2.2, 1.4.3)."""

import re

_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_Rgb = tuple[float, float, float]
BLACK, WHITE = "#000000", "#ffffff"  # one of them has a contrast of 4.58 or more with any colour
READABLE = 4.5  # contrast of text


def is_color(text: object) -> bool:
    """`#rgb` or `#rrggbb`."""
    return isinstance(text, str) and bool(_HEX.fullmatch(text))


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(background: str) -> str:
    """Black or white, whichever is read better on this colour."""
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, background))


def readable_on(color: str, background: str) -> str:
    """The colour, made darker or lighter until text in it can be read on the background."""
    target = max((WHITE, BLACK), key=lambda end: contrast(end, background))
    for step in range(0, 101, 5):
        mixed = mix(color, target, step / 100)
        if contrast(mixed, background) >= READABLE:
            return mixed
    return target


def mix(color: str, other: str, share: float) -> str:
    """The colour with a share (0 to 1) of another one."""
    blended = (a + (b - a) * share for a, b in zip(_rgb(color), _rgb(other), strict=True))
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in blended)


def _rgb(color: str) -> _Rgb:
    digits = color[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4))
    return red, green, blue


def _luminance(color: str) -> float:
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in _rgb(color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
