"""The npm package `openid-client` in a process of its own, as a web app on Node uses it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.journeys.harness import sdk


class Refused(Exception):
    """The library threw; `problem` says what of."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(json.dumps(problem))
        self.problem = problem


@dataclass
class OpenIdClient:
    process: "subprocess.Popen[str]"

    def do(self, action: str, **parameters: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"action": action, **parameters}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["value"]


@contextmanager
def openid_client() -> Iterator[OpenIdClient]:
    command = ["node", "openid_client.js"]
    with subprocess.Popen(command, cwd=sdk.FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield OpenIdClient(process)
