from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from idp.lib.errors import DomainError
from idp.lib.storable import REFUSED, is_storable


class ApplyError(Exception):
    """The document cannot be applied; `path` is the JSON path of the reason."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


_KINDS = {str: "text", bool: "true or false", int: "a whole number", list: "a list", dict: "an object"}


@dataclass(frozen=True)
class Node:
    """A value of the document and where it stands."""

    path: str
    value: Any

    def of_type(self, kind: type) -> Any:
        if not isinstance(self.value, kind) or (kind is int and isinstance(self.value, bool)):
            raise ApplyError(self.path, f"should be {_KINDS[kind]}.")
        return self.value

    def fields(self, **kinds: type) -> dict[str, "Node"]:
        """The members of an object, each of its type; a name that is not listed is an error, null counts as absent."""
        found = {}
        for name, value in self.of_type(dict).items():
            node = Node(f"{self.path}.{name}", value)
            if name not in kinds:
                raise ApplyError(node.path, f"is not known here. Known are: {', '.join(kinds)}.")
            if value is not None:
                node.of_type(kinds[name])
                found[name] = node
        return found

    def require(self, found: dict[str, "Node"], *names: str) -> None:
        for name in names:
            if name not in found:
                raise ApplyError(self.path, f"needs {name}.")

    def items(self) -> Iterator["Node"]:
        for index, value in enumerate(self.of_type(list)):
            yield Node(f"{self.path}[{index}]", value)

    def texts(self) -> list[str]:
        return [node.of_type(str) for node in self.items()]

    @contextmanager
    def errors_here(self) -> Iterator[None]:
        """Errors of the services are reported with this node's path."""
        try:
            yield
        except DomainError as error:
            field = getattr(error, "field", "")
            path = f"{self.path}{field[1:]}" if field.startswith("$") else self.path
            raise ApplyError(path, error.message) from error


def refuse_unstorable(node: Node) -> None:
    """Raises ApplyError for the innermost value that no database keeps."""
    if is_storable(node.value):
        return
    members = node.value.items() if isinstance(node.value, dict) else []
    for name, member in members:
        refuse_unstorable(Node(f"{node.path}.{name}", member))
    for index, member in enumerate(node.value if isinstance(node.value, list) else ()):
        refuse_unstorable(Node(f"{node.path}[{index}]", member))
    raise ApplyError(node.path, REFUSED)
