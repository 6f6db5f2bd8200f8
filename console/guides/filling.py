"""The values of an application and of this server, put into a guide."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from console.guides.source import Block, Code, Directive, Step
from console.markdown import render_guide
from idp.applications.models import Application

VALUES = {
    "endpoint": "",
    "issuer": "/oidc",
    "authorization": "/oidc/auth",
    "device-authorization": "/oidc/device/auth",
    "token": "/oidc/token",
    "revocation": "/oidc/token/revocation",
    "userinfo": "/oidc/me",
    "jwks": "/oidc/jwks",
    "end-session": "/oidc/session/end",
    "discovery": "/oidc/.well-known/openid-configuration",
    "device": "/device",
}  # below the endpoint
PARTS = ("scheme", "host", "port", "origin", "path")  # of a URI
_PLACEHOLDER = re.compile(r"«([a-z-]+)(?:\.([a-z]+))?»")
INSTALL = (("npm", "npm install"), ("pnpm", "pnpm add"), ("yarn", "yarn add"), ("Bun", "bun add"))


class Filling:
    """Fills text with `values`; what is in `uris` is marked so that guide.js can follow a field that was saved."""

    def __init__(self, values: Mapping[str, str], uris: Mapping[str, str]) -> None:
        self._values, self._uris = values, uris

    def plain(self, text: str) -> str:
        """As it stands in the reader's file."""
        return _PLACEHOLDER.sub(lambda found: self._value(found[1], found[2]), text)

    def code(self, text: str) -> SafeString:
        return self._marked(escape(text))

    def prose(self, text: str) -> SafeString:
        return self._marked(render_guide(text, top_level=3))

    def _marked(self, html: str) -> SafeString:
        filled = _PLACEHOLDER.sub(self._mark, html)
        return mark_safe(filled)  # noqa: S308 (the text is escaped by the callers, each value by _mark)

    def _mark(self, found: re.Match[str]) -> str:
        name, part = found[1], found[2]
        value = self._value(name, part)
        if name not in self._uris:
            return format_html("<mark>{}</mark>", value)
        if part:
            return format_html('<mark data-follows="{}" data-part="{}">{}</mark>', name, part, value)
        return format_html('<mark data-follows="{}">{}</mark>', name, value)

    def _value(self, name: str, part: str | None) -> str:
        if name in self._uris:
            return part_of(self._uris[name], part) if part else self._uris[name]
        return self._values[name]


def filling_for(application: Application, uris: Mapping[str, str]) -> Filling:
    values = {name: settings.ENDPOINT + path for name, path in VALUES.items()}
    return Filling(values | {"app-id": application.pk}, uris)


def part_of(uri: str, part: str) -> str:
    """One of PARTS; what the URI does not have is empty."""
    pieces = urlsplit(uri)
    usual = {"http": "80", "https": "443"}.get(pieces.scheme, "")
    return {
        "scheme": pieces.scheme,
        "host": pieces.hostname or "",
        "port": str(pieces.port or usual),
        "origin": f"{pieces.scheme}://{pieces.netloc}",
        "path": pieces.path or "/",
    }[part]


@dataclass(frozen=True, slots=True)
class FilledStep:
    id: str
    title: str
    blocks: list[dict[str, Any]]


def fill(steps: Iterable[Step], filling: Filling) -> list[FilledStep]:
    """What templates/console/guides/_step.html draws."""
    return [FilledStep(step.id, step.title, [_fill(block, filling) for block in step.blocks]) for step in steps]


def _fill(block: Block, filling: Filling) -> dict[str, Any]:
    if isinstance(block, Code):
        return {"kind": block.kind, "label": block.name, "code": filling.code(block.text)}
    if not isinstance(block, Directive):
        return {"kind": block.kind, "html": filling.prose(block.text)}
    if block.word == "install":
        return {"kind": block.kind, "variants": [(name, f"{verb} {block.argument}") for name, verb in INSTALL]}
    return {"kind": block.kind, "html": filling.prose(block.argument)}
