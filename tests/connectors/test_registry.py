import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from importlib.metadata import EntryPoint

import pytest

from connectors import registry
from connectors.ports import ConnectorKind, ConnectorType
from connectors.smtp import SMTP
from connectors.twilio_sms import TWILIO_SMS

PIGEON = replace(TWILIO_SMS, id="carrier-pigeon", name="Pigeon")
TWIN = replace(TWILIO_SMS, name="Twin")
NO_KIND = "just a text"


@pytest.fixture(autouse=True)
def fresh_registry() -> Iterator[None]:
    registry._all_kinds.cache_clear()
    yield
    registry._all_kinds.cache_clear()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names in this module that an installed package would offer."""
    names: list[str] = []

    def entry_points(*, group: str) -> list[EntryPoint]:
        assert group == "latchkey.connectors"
        return [EntryPoint(name=name.lower(), value=f"{__name__}:{name}", group=group) for name in names]

    monkeypatch.setattr(metadata, "entry_points", entry_points)
    return names


def test_built_in_kinds() -> None:
    assert registry.kinds(ConnectorType.SMS) == (TWILIO_SMS,)
    assert registry.kinds(ConnectorType.EMAIL) == (SMTP,)
    assert registry.kinds(ConnectorType.SOCIAL) == ()
    assert registry.kinds() == (TWILIO_SMS, SMTP)
    assert registry.kind("twilio-short-message-service") is TWILIO_SMS
    assert registry.kind("simple-mail-transfer-protocol") is SMTP


def test_an_unknown_kind() -> None:
    with pytest.raises(registry.UnknownConnector, match="No connector is called 'smoke-signals'"):
        registry.kind("smoke-signals")


def test_an_installed_package_adds_a_kind(installed: list[str]) -> None:
    installed.append("PIGEON")
    assert registry.kind("carrier-pigeon") is PIGEON
    assert registry.kinds(ConnectorType.SMS) == (TWILIO_SMS, PIGEON)


def test_entry_points_are_loaded_once(installed: list[str]) -> None:
    registry.kinds()
    installed.append("PIGEON")
    assert registry.kinds() == (TWILIO_SMS, SMTP)


@pytest.mark.parametrize(
    ("name", "words"),
    [("MISSING", "could not be loaded"), ("NO_KIND", "not a ConnectorKind"), ("TWIN", "already exists")],
)
def test_a_bad_entry_point_is_left_out_with_its_name(
    installed: list[str], caplog: pytest.LogCaptureFixture, name: str, words: str
) -> None:
    installed += [name, "PIGEON"]
    with caplog.at_level(logging.ERROR, logger="connectors.registry"):
        assert registry.kinds() == (TWILIO_SMS, SMTP, PIGEON)
    [record] = caplog.records
    assert words in record.getMessage()
    assert name.lower() in record.getMessage()


@pytest.mark.parametrize("kind", registry.BUILT_IN, ids=lambda kind: kind.target)
def test_each_kind_explains_itself(kind: ConnectorKind) -> None:
    assert kind.readme.startswith("# ")
    for item in kind.form_items:
        assert f"`{item.key}`" in kind.readme


def test_the_registry_does_not_load_the_sdk() -> None:
    script = "import sys, connectors.registry; sys.exit('twilio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
