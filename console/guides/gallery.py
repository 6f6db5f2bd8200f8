"""Which guides a person sees: filtered by category and by words, in groups."""

from dataclasses import dataclass

from console.guides.catalogue import GUIDES, Guide
from idp.applications.models import ApplicationType

POPULAR = "popular"
THIRD_PARTY = "third-party"
CATEGORIES = {
    POPULAR: "Popular",
    ApplicationType.TRADITIONAL.value: "Traditional web app",
    ApplicationType.SPA.value: "Single-page app",
    ApplicationType.NATIVE.value: "Native app",
    ApplicationType.MACHINE_TO_MACHINE.value: "Machine-to-machine",
    THIRD_PARTY: "Third-party app",
}


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    title: str
    guides: list[Guide]


def groups(categories: list[str], words: str) -> list[Group]:
    """Without a chosen category, all of them; a search looks everywhere, once for each guide."""
    chosen = [category for category in CATEGORIES if category in categories]
    wanted = chosen or [category for category in CATEGORIES if not (words and category == POPULAR)]
    found = [Group(category, CATEGORIES[category], _guides(category, words)) for category in wanted]
    return [group for group in found if group.guides]


def _guides(category: str, words: str) -> list[Guide]:
    inside = [guide for guide in GUIDES if (guide.popular if category == POPULAR else _category(guide) == category)]
    matching = [guide for guide in inside if _matches(guide, words)]
    return matching if category == POPULAR else sorted(matching, key=lambda guide: guide.order)


def _category(guide: Guide) -> str:
    return THIRD_PARTY if guide.is_third_party else guide.type


def _matches(guide: Guide, words: str) -> bool:
    text = f"{guide.name} {guide.description} {CATEGORIES[guide.type]}".casefold()
    return all(word in text for word in words.casefold().split())
