"""/api/logs, /dashboard, /sign-in-exp, /subject-tokens, /one-time-tokens and /status."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.api.management import logs, paging
from idp.audit.models import Event
from idp.audit.services import record
from idp.signin.experience import WIRE
from idp.signin.models import SignInExperience
from idp.statistics.models import DailyCount
from idp.tokens.models import SubjectToken
from idp.tokens.subjects import IMPERSONATION_TOKEN, find_subject
from idp.users.models import StaffRole, User
from idp.users.services import create_user
from idp.users.staff import set_role
from idp.verification.models import OneTimeToken
from tests.api.callers import refused
from tests.api.management.callers import Caller, administrator, with_key
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


class TestLogs:
    @pytest.fixture(autouse=True)
    def _events(self, machine: Caller) -> None:
        Event.objects.all().delete()
        record("user.signed_in", by="user:a", target="user:a", application="shop", method="password")
        record("user.updated", by="application:robot", target="user:b", fields=["name"])
        record("user.sign_in_failed", target="user:a", succeeded=False)

    def keys(self, found: Any) -> list[str]:
        return [one["key"] for one in found]

    def test_newest_first_in_pages(self, machine: Caller) -> None:
        answer = machine("get", "/logs", {"page_size": 2})
        assert self.keys(answer.json()) == ["user.sign_in_failed", "user.updated"]
        assert answer["Total-Number"] == "3"
        assert self.keys(machine.ok("get", "/logs", {"page_size": 2, "page": 2})) == ["user.signed_in"]
        assert machine.ok("get", "/logs", {"page_size": 2, "page": 3}) == []

    def test_one_in_full(self, machine: Caller) -> None:
        event = Event.objects.get(key="user.signed_in")
        assert machine.ok("get", f"/logs/{event.pk}") == {
            "tenantId": "default", "id": str(event.pk), "key": "user.signed_in",
            "payload": {
                "key": "user.signed_in", "result": "Success", "ip": "", "userAgent": "", "userId": "a",
                "applicationId": "shop", "method": "password", "application": "shop", "actor": "user:a",
                "target": "user:a",
            },
            "createdAt": int(event.created_at.timestamp() * 1000),
        }  # fmt: skip
        failed, updated = (Event.objects.get(key=key) for key in ("user.sign_in_failed", "user.updated"))
        assert machine.ok("get", f"/logs/{failed.pk}")["payload"]["result"] == "Error"
        assert machine.ok("get", f"/logs/{updated.pk}")["payload"]["applicationId"] == "robot"
        for unknown in (f"{event.pk + 100}", "abc"):
            refused(machine("get", f"/logs/{unknown}"), 404, "entity.not_exists_with_id")

    def test_filtered(self, machine: Caller) -> None:
        moment = int(Event.objects.get(key="user.updated").created_at.timestamp() * 1000)
        for query, expected in (
            ({"userId": "a"}, ["user.sign_in_failed", "user.signed_in"]),
            ({"applicationId": "robot"}, ["user.updated"]),
            ({"applicationId": "shop"}, ["user.signed_in"]),
            ({"logKey": "user.updated"}, ["user.updated"]),
            ({"userId": "a", "logKey": "user.updated"}, []),
            ({"end_time": moment - 60_000}, []),
            ({"start_time": moment + 60_000}, []),
            ({"start_time": moment - 60_000, "end_time": moment + 60_000, "userId": "b"}, ["user.updated"]),
        ):
            answer = machine("get", "/logs", query)
            assert self.keys(answer.json()) == expected, query
            assert answer["Total-Number"] == str(len(expected)), query  # done to oneself counts once

    @pytest.mark.parametrize("query", [{"start_time": "x"}, {"start_time": 0}, {"userId": "a", "applicationId": "b"}])
    def test_refuses_what_it_cannot(self, machine: Caller, query: dict[str, Any]) -> None:
        refused(machine("get", "/logs", query), 400, "guard.invalid_input")

    def test_ends_at_the_bound(self, machine: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in (paging, logs):
            monkeypatch.setattr(module, "MOST_COUNTED", 2)
        answer = machine("get", "/logs", {"page_size": 2})
        assert (answer["Total-Number"], answer["Total-Number-Is-Capped"]) == ("2", "true")
        assert machine.ok("get", "/logs", {"page_size": 2, "page": 2}) == []


class TestDashboard:
    @pytest.fixture(autouse=True)
    def _counts(self, db: Any) -> None:
        today = timezone.now().date()
        measure = DailyCount.Measure

        def count(name: str, back: int, value: int) -> None:
            DailyCount.objects.create(day=today - timedelta(days=back), measure=name, settled=value)

        count(measure.PEOPLE, 0, 120)
        for back, value in ((0, 5), (1, 2), (8, 4)):
            count(measure.NEW, back, value)
        for name, back, value in (
            (measure.ACTIVE_DAY, 0, 7), (measure.ACTIVE_DAY, 1, 9),
            (measure.ACTIVE_WEEK, 0, 20), (measure.ACTIVE_WEEK, 7, 15),
            (measure.ACTIVE_MONTH, 0, 50), (measure.ACTIVE_MONTH, 30, 40),
        ):  # fmt: skip
            count(name, back, value)

    def test_total(self, machine: Caller) -> None:
        assert machine.ok("get", "/dashboard/users/total") == {"totalUserCount": 120}

    def test_new(self, machine: Caller) -> None:
        assert machine.ok("get", "/dashboard/users/new") == {
            "today": {"count": 5, "delta": 3}, "last7Days": {"count": 7, "delta": 3},
        }  # fmt: skip

    def test_active(self, machine: Caller) -> None:
        today = timezone.now().date()
        found = machine.ok("get", "/dashboard/users/active")
        assert len(found["dauCurve"]) == 30
        assert found["dauCurve"][-2:] == [
            {"date": (today - timedelta(days=1)).isoformat(), "count": 9}, {"date": today.isoformat(), "count": 7},
        ]  # fmt: skip
        assert (found["dau"], found["wau"], found["mau"]) == (
            {"count": 7, "delta": -2}, {"count": 20, "delta": 5}, {"count": 50, "delta": 10},
        )  # fmt: skip
        earlier = machine.ok("get", "/dashboard/users/active", {"date": (today - timedelta(days=1)).isoformat()})
        assert earlier["dau"] == {"count": 9, "delta": 9}
        for wrong in ("soon", "0001-01-01"):
            refused(machine("get", "/dashboard/users/active", {"date": wrong}), 400, "guard.invalid_input")

    def test_before_anything_was_counted(self, machine: Caller) -> None:
        DailyCount.objects.all().delete()
        assert machine.ok("get", "/dashboard/users/total") == {"totalUserCount": 0}
        first = machine.ok("get", "/dashboard/users/active", {"date": date(2026, 1, 31).isoformat()})["dauCurve"][0]
        assert first == {"date": "2026-01-02", "count": 0}


class TestExperience:
    def test_read_changed_and_set_back(self, machine: Caller) -> None:
        before = machine.ok("get", "/sign-in-exp")
        assert set(before) == {"tenantId", "id", *WIRE}
        changed = machine.ok(
            "patch", "/sign-in-exp", {"color": {"primaryColor": "#112233"}, "supportEmail": "help@example.com"}
        )
        assert changed == before | {"color": {"primaryColor": "#112233"}, "supportEmail": "help@example.com"}
        assert SignInExperience.load().support_email == "help@example.com"
        assert machine.ok("patch", "/sign-in-exp", {"supportEmail": None})["supportEmail"] is None
        assert Event.objects.filter(key="sign_in_experience.updated").values_list("actor", flat=True)[0] == "application:robot"  # fmt: skip

    def test_what_was_read_can_be_sent_back(self, machine: Caller) -> None:
        machine.ok("patch", "/sign-in-exp", {"passwordExpiration": {"enabled": True, "validPeriodDays": 90}})
        since = SignInExperience.load().password_expiration["enabledAt"]
        found = machine.ok("get", "/sign-in-exp")
        body = {name: found[name] for name in WIRE}
        assert machine.ok("patch", "/sign-in-exp", body) == found
        assert SignInExperience.load().password_expiration["enabledAt"] == since

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"tenantId": "x"}, "guard.invalid_input"),
            ({"color": "blue"}, "guard.invalid_input"),
            ({"signInMode": "Never"}, "sign_in_experiences.invalid_input"),
        ],
    )
    def test_refuses_what_cannot_be(self, machine: Caller, body: dict[str, Any], code: str) -> None:
        before = machine.ok("get", "/sign-in-exp")
        answer = machine("patch", "/sign-in-exp", body)
        assert answer.json()["code"] == code
        assert answer.status_code in (400, 422)
        assert machine.ok("get", "/sign-in-exp") == before


class TestSubjectTokens:
    def test_made(self, machine: Caller, ada: User) -> None:
        made = machine.ok("post", "/subject-tokens", {"userId": ada.pk, "context": {"ticket": 7}}, status=201)
        assert made["expiresIn"] == 600
        subject = find_subject(made["subjectToken"], IMPERSONATION_TOKEN)
        assert subject is not None
        assert subject.user == ada
        assert SubjectToken.objects.get().context == {"ticket": 7}
        assert Event.objects.get(key="subject_token.created").actor == "application:robot"

    def test_of_nobody_and_of_an_administrator(self, machine: Caller) -> None:
        refused(machine("post", "/subject-tokens", {"userId": "nobody"}), 404, "entity.not_exists_with_id")
        olga = administrator(StaffRole.OWNER)
        refused(machine("post", "/subject-tokens", {"userId": olga.pk}), 403, "auth.forbidden")

    def test_administrators_say_why_in_the_console(self, ada: User) -> None:
        caller = with_key(administrator(StaffRole.OWNER))
        refused(caller("post", "/subject-tokens", {"userId": ada.pk}), 403, "auth.forbidden")
        assert not SubjectToken.objects.exists()


class TestOneTimeTokens:
    def test_made_used_and_over(self, machine: Caller) -> None:
        made = machine.ok("post", "/one-time-tokens", {"email": "New@Example.com", "expiresIn": 60}, status=201)
        assert (made["email"], made["status"], len(made["token"])) == ("new@example.com", "active", 32)
        path = f"/one-time-tokens/{made['id']}"
        shown = machine.ok("get", path)
        assert shown == {name: value for name, value in made.items() if name != "token"}
        body = {"token": made["token"], "email": "new@example.com"}
        refused(
            machine("post", "/one-time-tokens/verify", body | {"email": "x@y.zz"}), 400, "one_time_token.email_mismatch"
        )
        assert machine.ok("post", "/one-time-tokens/verify", body)["status"] == "consumed"
        refused(machine("post", "/one-time-tokens/verify", body), 400, "one_time_token.token_consumed")
        refused(machine("put", f"{path}/status", {"status": "active"}), 400, "one_time_token.cannot_reactivate_token")

    def test_taken_back(self, machine: Caller) -> None:
        made = machine.ok("post", "/one-time-tokens", {"email": "new@example.com"}, status=201)
        path = f"/one-time-tokens/{made['id']}/status"
        refused(machine("put", path, {"status": "consumed"}), 400, "guard.invalid_input")
        assert machine.ok("put", path, {"status": "revoked"})["status"] == "revoked"

    def test_listed(self, machine: Caller) -> None:
        for email in ("a@example.com", "b@example.com"):
            machine.ok("post", "/one-time-tokens", {"email": email}, status=201)
        OneTimeToken.objects.filter(email="a@example.com").update(expires_at=timezone.now())
        for query, expected in (
            ({}, {"a@example.com", "b@example.com"}),
            ({"email": "A@example.com"}, {"a@example.com"}),
            ({"status": "active"}, {"b@example.com"}),
            ({"status": "expired"}, {"a@example.com"}),
            ({"status": "revoked"}, set()),
        ):
            found = machine.ok("get", "/one-time-tokens", query)
            assert {one["email"] for one in found} == expected, query
            assert all("token" not in one for one in found)

    def test_for_an_administrator_by_an_owner_alone(self, machine: Caller) -> None:
        olga = administrator(StaffRole.OWNER)
        User.objects.filter(pk=olga.pk).update(primary_email="olga@example.com")
        body = {"email": "Olga@example.com"}
        for email in (
            body["email"],
            "olga@example.com\x1c",
            "\x1folga@example.com",
        ):  # which Python takes for white space
            refused(machine("post", "/one-time-tokens", {"email": email}), 403, "auth.forbidden")
        made = with_key(olga).ok("post", "/one-time-tokens", body, status=201)
        assert machine.ok("post", "/one-time-tokens/verify", body | {"token": made["token"]})["status"] == "consumed"

    def test_it_ends_when_the_person_becomes_an_administrator(self, machine: Caller) -> None:
        nora = create_user(by="test", username="nora", password=PASSWORD, email="nora@example.com")
        body = {"email": "nora@example.com"}
        made = machine.ok("post", "/one-time-tokens", body, status=201)
        set_role(by="test", user=nora, role=StaffRole.SUPPORT)
        answer = machine("post", "/one-time-tokens/verify", body | {"token": made["token"]})
        refused(answer, 400, "one_time_token.token_revoked")


def test_status_is_for_everybody(client: Client) -> None:
    answer = client.get("/api/status")
    assert (answer.status_code, answer.content) == (204, b"")
