"""The Activity page: find, read and take away what happened."""

import ast
import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console import event_export, live
from console.event_words import SENTENCES
from console.views import activity, activity_live
from idp.applications.services import create_application
from idp.audit import models
from idp.audit.models import Event
from idp.audit.services import record
from idp.organizations.roles import create_role, delete_role
from idp.organizations.services import add_member, create_organization
from idp.users.models import StaffRole, User
from idp.users.services import create_user
from idp.users.staff import accept_invitation, invite
from tests.console.pages import page
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
URL = "/console/activity"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def client(db: None) -> Client:
    return staff_client()


@pytest.fixture
def grace(db: None) -> User:
    return create_user(
        by="test", email="grace@example.com", phone="+1 555 123 4567", username="grace", name="Grace Hopper"
    )


def shown(client: Client, **query: Any) -> list[str]:
    """The keys of the events on the page, in its order."""
    return [row.event.key for row in client.get(URL, query).context["rows"]]


def exported(client: Client, **form: str) -> str:
    response = client.post(f"{URL}/export", form)
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


class TestList:
    def test_newest_first_in_words_with_links(self, client: Client, grace: User) -> None:
        shop = create_application(by="test", name="Book <Shop>", type="Native")
        Event.objects.create(key="consent.given", actor=grace.audit_name, target=shop.audit_name, address="203.0.113.9",
                             user_agent=FIREFOX)  # fmt: skip
        text = page(client.get(URL))
        assert shown(client)[0] == "consent.given"
        assert "Consented to what an application asks for" in text
        assert f'<a href="/console/users/{grace.pk}">Grace Hopper</a>' in text
        assert f'<a href="/console/applications/{shop.pk}">Book &lt;Shop&gt;</a>' in text
        assert "203.0.113.9</span><small>Firefox on Linux</small>" in text

    def test_what_is_gone_or_unknown_is_shown_by_its_name(self, client: Client) -> None:
        Event.objects.create(key="some.future_key", actor="user:gone", target="signing-key:k1", succeeded=False)
        text = page(client.get(URL))
        for words in (
            ">some.future_key</a>",
            "User gone",
            "Signing key k1",
            '<span class="badge badge--danger">Failed',
        ):
            assert words in text

    def test_settings_have_their_names_and_keep_them_when_they_are_gone(self, client: Client, grace: User) -> None:
        acme = create_organization(by="test", name="Acme & Sons")
        add_member(by="test", organization=acme, user=grace)
        owner, auditor = (create_role(by="test", name=name) for name in ("Owner", "Auditor"))
        delete_role(by="test", role=auditor)
        text = re.sub(r"\s+(?=<)", "", page(client.get(URL)))
        link = f'<a href="/console/organizations/{acme.pk}">Acme &amp; Sons</a>'
        assert f'{link}<small><a href="/console/users/{grace.pk}">Grace Hopper</a></small>' in text
        assert f'<a href="/console/organization-template/roles/{owner.pk}">Owner</a>' in text
        assert text.count("Organization role Auditor") == 2  # created, deleted
        record("user.mfa_bound", by="user:gone", target="user:gone2", name="YubiKey")
        assert "User gone2" in page(client.get(URL))  # the name is that of the passkey

    def test_an_invitation_says_whom_it_is_for_also_when_it_is_gone(self, client: Client) -> None:
        invitation, token = invite(by="test", email="new@example.com", role=StaffRole.AUDITOR)
        accept_invitation(token=token, username="newcomer", password="correct horse battery")
        assert page(client.get(URL)).count("Invitation of new@example.com") == 2  # invited, accepted
        invitation.delete()
        assert page(client.get(URL)).count("Invitation of new@example.com") == 1  # the log kept it once

    def test_a_failed_sign_in_is_by_nobody_and_in_an_application(self, client: Client) -> None:
        shop = create_application(by="test", name="Shop", type="Native")
        record("user.sign_in_failed", succeeded=False, application=shop.pk)
        Event.objects.update(address="203.0.113.9")
        text = page(client.get(URL, {"key": "user.sign_in_failed"}))
        assert "Somebody not signed in" in text
        assert f'<small>in <a href="/console/applications/{shop.pk}">Shop</a>' in " ".join(text.split())

    def test_few_queries_for_many_rows(self, client: Client, django_assert_max_num_queries: Any) -> None:
        for number in range(30):
            person = create_user(by="test", username=f"reader{number}")
            record("user.updated", by=person.audit_name, target=person.audit_name, application=f"app{number}")
        with django_assert_max_num_queries(10):
            client.get(URL)

    @pytest.mark.parametrize(
        "who", ["{pk}", "Grace@Example.com", "grace", "+1 (555) 123-4567", "15551234567", "user:{pk}"]
    )
    def test_a_person_by_any_of_their_names(self, client: Client, grace: User, who: str) -> None:
        Event.objects.all().delete()
        record("user.updated", by=grace.audit_name)
        record("user.suspended", by="user:other", target=grace.audit_name)
        record("user.deleted", by="user:other", target="user:another")
        assert shown(client, who=who.format(pk=grace.pk)) == ["user.suspended", "user.updated"]

    def test_an_application_by_its_id(self, client: Client) -> None:
        shop = create_application(by="test", name="Shop", type="Native")
        record("user.signed_in", by="user:a", target="user:a", application=shop.pk)
        assert shown(client, who=shop.pk) == ["user.signed_in", "application.created"]

    def test_filters_add_up(self, client: Client) -> None:
        for succeeded in (True, False):
            record("user.mfa_verified", target="user:a", succeeded=succeeded)
            record("user.updated", target="user:a", succeeded=succeeded)
        assert shown(client, key="user.updated", outcome="failed", who="user:a") == ["user.updated"]
        assert client.get(URL, {"key": "user.updated", "outcome": "failed"}).context["rows"][0].event.succeeded is False
        assert shown(client, since="2026-01-01", until="2026-01-02") == []
        assert "Nothing found" in page(client.get(URL, {"until": "2001-01-01"}))

    def test_both_days_are_included(self, client: Client) -> None:
        made = record("user.updated")
        day = made.created_at.date().isoformat()
        assert shown(client, key="user.updated", since=day, until=day) == ["user.updated"]

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ({"who": "nobody@example.com"}, "Nobody and no application by this name"),
            ({"since": "yesterday"}, "Enter a valid date"),
            ({"until": "9999-12-31"}, "Ensure this value is less than"),
            ({"since": "2026-02-01", "until": "2026-01-01"}, "before the first day"),
            ({"outcome": "nonsense"}, "Select a valid choice"),
            ({"key": "<script>x"}, "Select a valid choice"),
        ],
    )
    def test_a_filter_that_cannot_be(self, client: Client, query: dict[str, str], words: str) -> None:
        response = client.get(URL, query)
        text = page(response)
        assert words in text
        assert "Check the filter" in text
        assert "<script>x" not in text
        assert not response.context["rows"]

    def test_a_key_that_this_version_does_not_know(self, client: Client) -> None:
        record("some.future_key")
        assert shown(client, key="some.future_key") == ["some.future_key"]

    def test_pages_keep_the_filter(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(activity, "PAGE_SIZE", 2)
        events = [record("user.updated", target="user:a") for _ in range(5)]
        first = page(client.get(URL, {"who": "user:a"}))
        assert f'rel="next" href="?who=user%3Aa&amp;before={events[3].pk}"' in first
        assert 'rel="prev"' not in first
        second = client.get(URL, {"who": "user:a", "before": events[3].pk})
        assert [row.event for row in second.context["rows"]] == [events[2], events[1]]
        assert f'rel="prev" href="?who=user%3Aa&amp;after={events[2].pk}"' in page(second)
        assert f'href="/console/activity/{events[2].pk}?who=user%3Aa"' in page(second)

    @pytest.mark.parametrize("cursor", ["", "0", "-1", "x", "9" * 18, "9" * 5000, "²"])
    def test_a_page_that_begins_nowhere_is_the_newest(self, client: Client, cursor: str) -> None:
        record("user.updated")
        assert shown(client, before=cursor)[0] == "user.updated"


class TestDetail:
    def test_all_facts_escaped(self, client: Client, grace: User) -> None:
        event = record("user.updated", by=grace.audit_name, target="user:gone", note="</code><script>alert(1)</script>")
        Event.objects.filter(pk=event.pk).update(user_agent=f"{FIREFOX} <b>", address="203.0.113.9")
        text = page(client.get(f"{URL}/{event.pk}"))
        assert "<script>alert" not in text
        assert "&lt;/code&gt;&lt;script&gt;alert(1)" in text
        for words in (
            "<h1>A user was changed</h1>",
            "user.updated",
            "203.0.113.9",
            "Firefox on Linux",
            "data-copy-code",
        ):
            assert words in text
        assert f'href="/console/activity?who=user%3A{grace.pk}"' in text

    def test_neighbours_within_the_filter(self, client: Client) -> None:
        first, other, second, third = (
            record(key) for key in ("user.updated", "user.deleted", "user.updated", "user.updated")
        )
        response = client.get(f"{URL}/{second.pk}", {"key": "user.updated"})
        assert (response.context["older"], response.context["newer"]) == (first, third)
        assert f'href="/console/activity/{first.pk}?key=user.updated"' in page(response)
        assert client.get(f"{URL}/{second.pk}").context["older"] == other

    def test_unknown(self, client: Client) -> None:
        assert client.get(f"{URL}/{'9' * 30}").status_code == 404


class TestExport:
    def test_csv_has_no_formulas_and_only_what_is_filtered(self, client: Client) -> None:
        record("user.updated", target="=HYPERLINK(1)", note='a,\n"b"')
        record("user.deleted")
        Event.objects.update(user_agent="@SUM(A1)", address="+1")
        rows = list(csv.DictReader(io.StringIO(exported(client, key="user.updated", format="csv"))))
        assert len(rows) == 1
        assert (rows[0]["target"], rows[0]["user_agent"], rows[0]["address"]) == ("'=HYPERLINK(1)", "'@SUM(A1)", "'+1")
        assert json.loads(rows[0]["data"]) == {"note": 'a,\n"b"'}

    def test_json_lines(self, client: Client) -> None:
        record("user.updated", target="user:é", note=1)
        lines = exported(client, who="user:é", format="jsonl").splitlines()
        assert [json.loads(line)["data"] for line in lines] == [{"note": 1}]

    def test_is_streamed_as_a_file_and_recorded(self, client: Client) -> None:
        response = client.post(f"{URL}/export", {"format": "csv", "outcome": "failed"})
        assert response.streaming
        assert response["Content-Disposition"].startswith('attachment; filename="activity-')
        row = Event.objects.get(key="audit.exported")
        assert row.actor == User.objects.administrators().get().audit_name
        assert row.data == {"format": "csv", "filter": {"succeeded": "False"}}

    @pytest.mark.parametrize("format", ["csv", "jsonl"])
    def test_what_is_cut_off_says_so(self, client: Client, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
        monkeypatch.setattr(event_export, "EXPORT_CAP", 2)
        for _ in range(3):
            record("user.updated")
        lines = exported(client, key="user.updated", format=format).splitlines()
        assert "Stopped after" in lines[-1]
        assert len(lines) == (4 if format == "csv" else 3)

    @pytest.mark.parametrize("form", [{"format": "xls"}, {"since": "x"}])
    def test_nonsense_exports_nothing(self, client: Client, form: dict[str, str]) -> None:
        assert client.post(f"{URL}/export", form).status_code == 302
        assert not Event.objects.filter(key="audit.exported").exists()


def test_every_key_that_is_written_has_a_sentence() -> None:
    missing = {key for key in _keys_in_the_source() if key not in SENTENCES}
    assert not missing


def test_no_sentence_is_for_a_key_that_nobody_writes() -> None:
    assert set(SENTENCES) - _keys_in_the_source() == set()


def _keys_in_the_source() -> set[str]:
    """Every text in the first argument of a call of `record`, or in what was named `key` just before."""
    keys = set()
    for path in (Path(settings.BASE_DIR) / "idp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            found: ast.AST | None = None
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and node.args:
                found = node.args[0]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "key":
                found = node.value
            texts = (one.value for one in ast.walk(found) if isinstance(one, ast.Constant)) if found else ()
            keys |= {text for text in texts if isinstance(text, str) and "." in text}
    return keys


def test_the_history_of_a_person_leads_here(client: Client, grace: User) -> None:
    text = page(client.get(f"/console/users/{grace.pk}/activity"))
    assert f'href="/console/activity?who=user%3A{grace.pk}"' in text


def test_the_history_of_a_person_names_others_that_they_changed(client: Client, grace: User) -> None:
    other = create_user(by=grace.audit_name, username="other", name="Somebody Else")
    text = page(client.get(f"/console/users/{grace.pk}/activity"))
    assert f'<a href="/console/users/{other.pk}">Somebody Else</a>' in text


class TestLive:
    """What a page that is left open is told."""

    NEW = f"{URL}/new"

    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is waited for; the cursor of a page lies at its own moment."""
        monkeypatch.setattr(models, "SETTLED_AFTER", timedelta(0))
        monkeypatch.setattr(live, "SETTLED_AFTER", timedelta(0))

    def cursor(self, client: Client, **query: str) -> str:
        return str(client.get(URL, query).context["live"])

    def test_what_came_and_fits_the_filter_comes_once(self, client: Client) -> None:
        after = self.cursor(client, key="user.updated")
        assert client.get(self.NEW, {"key": "user.updated", "after": after}).status_code == 204
        first, _, second = record("user.updated"), record("user.deleted"), record("user.updated", note="<script>")
        answer = client.get(self.NEW, {"key": "user.updated", "after": after})
        text = page(answer)
        assert re.findall(r'<tr id="event-(\d+)"', text) == [str(second.pk), str(first.pk)]
        assert f'href="/console/activity/{first.pk}?key=user.updated"' in text
        assert "data-live-more" not in text
        after = re.findall(r'data-live-cursor="([^"]+)"', text)[0]
        assert client.get(self.NEW, {"key": "user.updated", "after": after}).status_code == 204
        record("user.updated")
        assert len(client.get(self.NEW, {"key": "user.updated", "after": after}).context["rows"]) == 1

    def test_of_very_many_the_newest(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(activity_live, "AT_ONCE", 2)
        after = self.cursor(client)
        events = [record("user.updated") for _ in range(3)]
        answer = client.get(self.NEW, {"after": after})
        assert [row.event for row in answer.context["rows"]] == [events[2], events[1]]
        assert "data-live-more" in page(answer)

    def test_an_event_that_can_be_read_later_than_it_happened(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its transaction ended after the page was made; and what is as young as that waits for the next answer."""
        monkeypatch.setattr(live, "SETTLED_AFTER", timedelta(minutes=2))
        after = self.cursor(client, key="user.updated")
        late = record("user.updated")
        Event.objects.update(created_at=timezone.now() - timedelta(minutes=1))
        wanted = {"key": "user.updated", "after": after}
        assert [row.event for row in client.get(self.NEW, wanted).context["rows"]] == [late]
        monkeypatch.setattr(models, "SETTLED_AFTER", timedelta(minutes=2))
        assert client.get(self.NEW, wanted).status_code == 204

    @pytest.mark.parametrize("query", [{}, {"key": "user.updated"}, {"outcome": "failed"}, {"who": "user:a"}])
    def test_costs_one_statement_that_reads_an_index(self, client: Client, query: dict[str, str]) -> None:
        after = self.cursor(client)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(self.NEW, query | {"after": after}).status_code == 204
        asked = [one["sql"] for one in queries if "audit_event" in one["sql"]]
        assert len(asked) == 1
        assert not any(one["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for one in queries)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + asked[0])
            plan = " ".join(str(row) for row in cursor.fetchall())
        streams = {"": 2, "key": 2, "outcome": 1, "who": 2}["".join(query)]
        reads = re.findall(r"(?:SEARCH audit_event USING INDEX|using) event_\w+", plan)
        assert (len(reads), "Seq Scan" in plan, "TEMP B-TREE" in plan) == (streams, False, False)

    def test_keeps_nobody_signed_in(self, client: Client) -> None:
        after = self.cursor(client)
        ends = Session.objects.get().expire_date
        assert "latchkey_staff" not in client.get(self.NEW, {"after": after}).cookies
        assert Session.objects.get().expire_date == ends
        client.get(URL)
        assert Session.objects.get().expire_date > ends

    @pytest.mark.parametrize("after", ["", "1", "x-1", "1-", "9" * 18 + "-1", "9" * 5000 + "-1", "²-1"])
    def test_a_cursor_that_is_none(self, client: Client, after: str) -> None:
        assert client.get(self.NEW, {"after": after}).status_code == 400

    def test_a_filter_that_cannot_be(self, client: Client) -> None:
        after = self.cursor(client)
        assert client.get(self.NEW, {"who": "nobody@example.com", "after": after}).status_code == 400

    def test_is_offered_where_something_can_come(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(activity, "PAGE_SIZE", 1)
        events = [record("user.updated") for _ in range(3)]
        assert 'role="switch"' in page(client.get(URL))
        assert 'role="switch"' in page(client.get(URL, {"key": "user.deleted"}))
        assert 'role="switch"' not in page(client.get(URL, {"before": events[2].pk}))
        assert 'role="switch"' not in page(client.get(URL, {"until": "2026-01-01"}))
        assert 'role="switch"' not in page(client.get(URL, {"since": "yesterday"}))
