"""The list of guides. Ids are those that applications carry in `Application.guide`, so they never change."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from console.guides.source import BadGuide, Step, read_steps, split_front_matter
from idp.applications.models import Application, ApplicationType

HERE = Path(__file__).parent


class Proof(StrEnum):
    """How we know that the code of a guide does what it says."""

    TESTS = "tests"  # extracted and run against a live server by tests/journeys
    READ = "read"  # written from the source of the packages; parsed at most


@dataclass(frozen=True, slots=True)
class Verification:
    proof: Proof
    date: str
    packages: tuple[str, ...]
    note: str = ""  # Markdown: what was done, and what was not


@dataclass(frozen=True, slots=True)
class Guide:
    id: str
    name: str
    mark: str  # two or three letters on the card
    type: ApplicationType
    description: str
    order: float
    steps: tuple[Step, ...]
    verified: Verification | None
    redirect_uri: str = ""
    post_sign_out_uri: str = ""
    allowed_origins: tuple[str, ...] = ()  # set on creation, and said so on the guide's page
    popular: bool = False
    featured: bool = False
    generic: bool = False  # for any OpenID Connect library
    is_device_flow: bool = False
    is_third_party: bool = False

    @property
    def has_steps(self) -> bool:
        """Without them it is a way to create an application, and its page comes next."""
        return bool(self.steps)

    def fits(self, application: Application) -> bool:
        """Does what its steps say hold for this application?"""
        kind = (application.type, application.is_device_flow)
        return self.has_steps and kind == (self.type, self.is_device_flow)


def read_guide(path: Path) -> Guide:
    """Raises BadGuide."""
    head, body = split_front_matter(path.read_text())
    facts: dict[str, Any] = tomllib.loads(head)
    verified = facts.pop("verified", None)
    steps = read_steps(body)
    if bool(steps) != bool(verified):
        raise BadGuide(f"{path}: steps come with [verified], and the other way round")
    return Guide(
        id=path.parent.name,
        type=ApplicationType(facts.pop("type")),
        allowed_origins=tuple(facts.pop("allowed_origins", ())),
        steps=steps,
        verified=_verification(verified) if verified else None,
        **facts,
    )


def _verification(facts: dict[str, Any]) -> Verification:
    return Verification(
        Proof(facts["proof"]), str(facts["date"]), tuple(facts.get("packages", ())), facts.get("note", "")
    )


GUIDES = tuple(
    sorted((read_guide(path) for path in HERE.glob("*/guide.md")), key=lambda guide: (guide.order, guide.id))
)
_BY_ID = {guide.id: guide for guide in GUIDES}


def find(guide_id: str) -> Guide | None:
    return _BY_ID.get(guide_id)


def featured() -> list[Guide]:
    return [guide for guide in GUIDES if guide.featured]
