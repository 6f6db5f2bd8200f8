"""What is in docs/deploy, and what builds the image, fits the settings and the commands. (No image is built here.)"""

import configparser
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
NAMES = {one.name for one in settings.ENVIRONMENT}
FAMILIES = {
    "latchkey_sign_ins_total": {"method", "outcome"},
    "latchkey_code_sends_total": {"channel", "outcome"},
    "latchkey_messages_total": {"connector", "outcome"},
    "latchkey_token_grants_total": {"grant_type", "outcome"},
    "latchkey_request_seconds_count": {"group", "status"},
    "latchkey_request_seconds_bucket": {"group", "status", "le"},
    "latchkey_queue_depth": {"queue"},
    "latchkey_worker_age_seconds": set(),
}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


def pods() -> dict[str, dict[str, Any]]:
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in manifests()
        if one["kind"] in ("Deployment", "Job")
    }


def parses(arguments: list[str]) -> bool:
    """As `manage.py` would take them; argparse ends the test where it would end the command."""
    name, *rest = arguments
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(rest)
    return True


def test_compose_sets_what_the_settings_know() -> None:
    services = compose()["services"]
    ours = {name: service for name, service in services.items() if service.get("image") == "latchkey"}
    assert set(ours) == {"migrate", "web", "worker"}
    for service in ours.values():
        assert set(service["environment"]) <= NAMES
        assert {"SECRET_KEY", "ENCRYPTION_KEYS", "ENDPOINT", "DATABASE_URL", "CACHE_URL"} <= set(service["environment"])
        assert service["read_only"] is True
        assert parses(service["command"])
        assert set(service["depends_on"]) <= set(services)


def test_kubernetes_runs_what_exists_and_asks_where_we_answer() -> None:
    assert [one["kind"] for one in manifests()] == [
        "ConfigMap", "Job", "Deployment", "Deployment", "Service", "PodDisruptionBudget",
    ]  # fmt: skip
    assert set(manifests()[0]["data"]) <= NAMES
    documented = re.findall(r"--from-literal=([A-Z_]+)=", (DEPLOY / "kubernetes.yaml").read_text())
    assert set(documented) <= NAMES
    for pod in pods().values():
        (container,) = pod["containers"]
        assert parses(container["args"])
        assert container["securityContext"]["runAsUser"] == 10001
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    web = pods()["latchkey-web"]["containers"][0]
    assert {web[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe")} == {"/livez"}
    assert web["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_labels_fit_selectors() -> None:
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in manifests() if one["kind"] == "Deployment"]
    for one in manifests():
        if one["kind"] in ("Deployment", "PodDisruptionBudget"):
            assert one["spec"]["selector"]["matchLabels"] in labels
    (service,) = (one for one in manifests() if one["kind"] == "Service")
    assert service["spec"]["selector"] in labels


def test_the_unit_runs_what_exists() -> None:
    text = (DEPLOY / "latchkey.service").read_text()
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    command = unit["Service"]["ExecStart"].split()
    assert command[1] == "manage.py"
    assert parses(command[2:])
    assert set(re.findall(r"^#   ([A-Z_]+)=", text, re.MULTILINE)) <= NAMES


class TestImage:
    def test_it_copies_what_exists_and_is_not_ignored(self) -> None:
        kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
        copied = {
            name
            for line in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile(), re.MULTILINE)
            for name in line.split()
        }
        assert copied == kept
        for name in copied:
            assert (ROOT / name).exists(), name
        packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
        assert packages <= copied

    def test_it_sets_what_the_settings_know(self) -> None:
        assigned = set(re.findall(r"(?:^|\s)([A-Z][A-Z_]+)=", dockerfile()))
        tools = {
            "PIP_NO_CACHE_DIR",
            "PIP_DISABLE_PIP_VERSION_CHECK",
            "PATH",
            "PYTHONUNBUFFERED",
            "PYTHONDONTWRITEBYTECODE",
        }
        assert assigned - tools <= NAMES

    def test_it_runs_as_a_number_without_what_builds(self) -> None:
        final = dockerfile().rpartition("\nFROM ")[2]
        assert re.search(r"^USER \d+:\d+$", final, re.MULTILINE)
        assert "HEALTHCHECK" in final
        assert "pip" not in final
        assert "apt" not in dockerfile()

    def test_its_health_check_is_right(self) -> None:
        found = re.search(r"HEALTHCHECK .*\n\s+CMD (\[.*\])$", dockerfile(), re.MULTILINE)
        assert found is not None
        program = json.loads(found[1])[2]
        assert "/livez" in program
        compile(program, "HEALTHCHECK", "exec")

    def test_its_static_files_are_collected_as_it_says(self, tmp_path: Path) -> None:
        found = re.search(r"^RUN (DEBUG=false [^&]*) \\\n && ", dockerfile(), re.MULTILINE)
        assert found is not None
        step = found[1].replace("/tmp/build", f"{tmp_path}/data").replace("/app/collected", f"{tmp_path}/collected")
        step = step.replace("/venv/bin/python", sys.executable)
        subprocess.run(["sh", "-c", step], cwd=ROOT, env={"PATH": os.environ["PATH"]}, check=True, timeout=100)
        assert (tmp_path / "collected" / "staticfiles.json").exists()


def expressions() -> list[str]:
    rules = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"][0]["rules"]
    panels = json.loads((DEPLOY / "dashboard.json").read_text())["panels"]
    return [rule["expr"] for rule in rules] + [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.mark.parametrize("expression", expressions())
def test_rules_and_panels_ask_for_what_is_counted(expression: str) -> None:
    asked = re.findall(r"(latchkey_\w+)(?:\{([^}]*)\})?", expression)
    for name, labels in asked:
        assert name in FAMILIES
        assert set(re.findall(r"(\w+)=", labels)) <= FAMILIES[name]
    assert asked or expression.startswith("up{")
    grouped = {label for found in re.findall(r"by \(([^)]*)\)", expression) for label in found.split(", ")}
    assert grouped <= set().union(*(FAMILIES[name] for name, _ in asked))
    assert expression.count("(") == expression.count(")")
