"""The configuration form of a connector, as data: the console draws it, `config` checks against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FormItemType(StrEnum):
    TEXT = "Text"
    NUMBER = "Number"
    MULTILINE_TEXT = "MultilineText"
    SWITCH = "Switch"
    SELECT = "Select"
    MULTI_SELECT = "MultiSelect"
    JSON = "Json"


@dataclass(frozen=True)
class SelectItem:
    value: str
    title: str


@dataclass(frozen=True)
class ShowCondition:
    target_key: str
    expect_value: object

    def holds(self, config: Mapping[str, object]) -> bool:
        return config.get(self.target_key) == self.expect_value


@dataclass(frozen=True, kw_only=True)
class FormItem:
    type: FormItemType
    key: str
    label: str
    placeholder: str = ""
    required: bool = False
    default_value: object = None
    description: str = ""
    select_items: tuple[SelectItem, ...] = ()
    is_confidential: bool = False
    # Says where secrets are sent: when it changes, stored secrets do not follow unseen.
    is_destination: bool = False
    show_conditions: tuple[ShowCondition, ...] = ()
    # What a JSON item should hold, as JSON Schema: hints for whoever writes it. The connector's own check decides.
    schema: Mapping[str, object] = field(default_factory=dict)

    def is_shown(self, config: Mapping[str, object]) -> bool:
        return all(condition.holds(config) for condition in self.show_conditions)
