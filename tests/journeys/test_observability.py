"""People sign in, mistype and refresh; the log says what happened without saying who, and two workers count together."""

import json
from contextlib import ExitStack

import requests

from tests.journeys.conftest import Servers
from tests.journeys.harness import documents
from tests.journeys.harness.databases import KINDS
from tests.journeys.harness.hosted import authorization_url
from tests.journeys.harness.inbox import Inbox, wrong
from tests.journeys.harness.person import PASSWORD, Person
from tests.journeys.test_faults import VERIFIER, code_of, eventually

TOKEN = "metrics-token-for-the-journeys"


def test_the_log_tells_no_secrets_and_the_numbers_add_up(servers: Servers, inbox: Inbox) -> None:
    number, secrets = inbox.new_phone_number(), {PASSWORD, VERIFIER, TOKEN}
    users = [
        {
            "username": "ada_logs",
            "password": PASSWORD,
            "primaryPhone": f"1{number}",
            "primaryEmail": "ada.logs@example.com",
        }
    ]
    with ExitStack() as stack:
        server = servers.fresh(
            KINDS[-1], stack, LOG_FORMAT="json", LOG_REQUESTS="true", METRICS_TOKEN=TOKEN, WEB_CONCURRENCY="2",
            METRICS_DIR=str(servers._tmp.mktemp("metrics")),
        )  # fmt: skip
        everything = documents.everything_but_the_experience(inbox.smtp)
        server.apply(everything | {"signInExperience": documents.USERNAME_PASSWORD, "users": users})

        person = Person(server.url, "ada_logs")
        page = person.browser.get(authorization_url(server))
        assert person.submits(page, identifier="ada_logs", password="wrong " + PASSWORD).status_code != 303
        for _ in range(4):
            code = code_of(Person(server.url, "ada_logs").goes_to(authorization_url(server)))
            answer = requests.post(
                f"{server.url}/oidc/token",
                {"client_id": documents.BOOKSTORE, "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER,
                 "redirect_uri": documents.CALLBACK}, headers={"X-Request-ID": "journey-of-the-log"}, timeout=10,
            )  # fmt: skip
            assert answer.headers["X-Request-ID"] == "journey-of-the-log"
            tokens = answer.json()
            secrets |= {code, tokens["access_token"], tokens["id_token"], tokens["refresh_token"]}
        body = {
            "client_id": documents.BOOKSTORE,
            "grant_type": "refresh_token",
            "refresh_token": tokens["refresh_token"],
        }
        tokens = requests.post(f"{server.url}/oidc/token", body, timeout=10).json()
        secrets |= {tokens["access_token"], tokens["refresh_token"]}
        requests.get(f"{server.url}/oidc/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}, timeout=10)
        body["refresh_token"] = "no-such-token-of-ours"
        assert requests.post(f"{server.url}/oidc/token", body, timeout=10).status_code == 400

        server.apply({"signInExperience": documents.PHONE_CODE})
        by_phone = Person(server.url, "")
        page = by_phone.browser.get(authorization_url(server, login_hint="ada.logs@example.com"))
        page = by_phone.browser.get(
            server.url + by_phone.submits(page, country="US", identifier=number).headers["Location"]
        )
        eventually(lambda: inbox.texts_to(number))
        digits = inbox.code_texted_to(number)
        by_phone.submits(page, code=wrong(digits))
        assert by_phone.submits(page, code=digits).status_code == 303
        secrets |= {digits, number, "ada_logs", "ada.logs", *by_phone.browser.cookies.values()}

        assert requests.get(f"{server.url}/metrics", timeout=10).status_code == 401
        found = requests.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).text
        counted = dict(line.rsplit(" ", 1) for line in found.splitlines() if line.startswith("latchkey_"))
        expected = {
            'latchkey_sign_ins_total{method="password",outcome="succeeded"}': "4.0",
            'latchkey_sign_ins_total{method="password",outcome="failed"}': "1.0",
            'latchkey_sign_ins_total{method="code",outcome="failed"}': "1.0",
            'latchkey_code_sends_total{channel="phone",outcome="sent"}': "1.0",
            'latchkey_messages_total{connector="twilio-short-message-service",outcome="accepted"}': "1.0",
            'latchkey_token_grants_total{grant_type="authorization_code",outcome="granted"}': "4.0",
            'latchkey_token_grants_total{grant_type="refresh_token",outcome="granted"}': "1.0",
            'latchkey_token_grants_total{grant_type="refresh_token",outcome="refused"}': "1.0",
            'latchkey_request_seconds_count{group="token",status="2xx"}': "5.0",
            'latchkey_queue_depth{queue="messages"}': "0.0",
        }
        assert {name: counted.get(name) for name in expected} == expected
        assert float(counted["latchkey_worker_age_seconds"]) < 60
        assert number not in found

        lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
        assert [
            line for line in lines if line.get("request") == "journey-of-the-log" and line.get("path") == "/oidc/token"
        ]
        assert {line["level"] for line in lines} <= {"info", "warning"}
        leaked = [secret for secret in secrets if secret in server.log]
        assert leaked == []
