"""A second factor that every administrator needs: who demands it, where it leads, and that there is no way around."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from idp.audit.models import Event
from idp.mfa import services as mfa
from idp.mfa import totp
from idp.mfa.administrators import is_factor_required, must_set_up, require_factor
from idp.mfa.errors import FactorOfAdministrators
from idp.mfa.factors import Factor
from idp.mfa.models import TotpDevice
from idp.users.models import StaffRole, User
from idp.users.services import create_administrator, create_user
from tests.console.people import PASSWORD, administrator
from tests.console.test_permissions import MATRIX, House, house  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
LIST, SWITCH, ACCOUNT = "/console/administrators", "/console/administrators/second-factor", "/console/account"
SECRET = totp.new_secret()


@pytest.fixture
def odin() -> User:
    """An owner with an authenticator app."""
    user = administrator("odin")
    mfa.confirm_totp(by="test", user=user, secret=SECRET, step=1)
    return user


@pytest.fixture
def required(odin: User) -> User:
    require_factor(by=odin, required=True)
    return odin


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def new_app(client: Client) -> dict[str, str]:
    secret = client.get(ACCOUNT).context["app"].secret
    return {
        "secret": secret,
        "code": totp.code_at(secret, int(time.time()) // totp.STEP),
        "current": PASSWORD,
    }


class TestDemanding:
    def test_an_owner_turns_it_on_and_off(self, odin: User) -> None:
        client = client_of(odin)
        assert "Require it of everybody" in client.get(LIST).content.decode()
        page = client.post(SWITCH, {"required": "yes"}, follow=True).content.decode()
        assert "Make it optional" in page
        assert is_factor_required()
        client.post(SWITCH, {"required": "yes"})  # a second time changes nothing
        client.post(SWITCH, {"required": "no"})
        assert not is_factor_required()
        keys = Event.objects.filter(key__startswith="administrator.factor").order_by("pk").values_list("key", "actor")
        assert list(keys) == [
            ("administrator.factor_required", odin.audit_name),
            ("administrator.factor_not_required", odin.audit_name),
        ]

    def test_not_before_having_one(self) -> None:
        page = client_of(administrator()).post(SWITCH, {"required": "yes"}, follow=True).content.decode()
        assert "Set up your own second factor first" in page
        assert not is_factor_required()


class TestNoWayAround:
    @pytest.mark.parametrize("role", list(StaffRole))
    def test_every_page_leads_to_setting_one_up(self, role: StaffRole, required: User, house: House) -> None:  # noqa: F811
        client = client_of(create_administrator(by="test", username="new", password=PASSWORD, role=role))
        events = Event.objects.count()
        for name in set(MATRIX) - {"account", "account-app"}:
            for method in ("get", "post"):
                answer = getattr(client, method)(house.url(name))
                assert (answer.status_code, answer.get("Location")) == (302, ACCOUNT), (name, method)
        assert Event.objects.count() == events
        page = client.get(ACCOUNT).content.decode()
        assert "Set up your second factor" in page
        assert reverse("console:account-password") not in page

    def test_a_part_of_a_page_leads_there_as_a_whole(self, required: User) -> None:
        answer = client_of(administrator()).get("/console/users", headers={"HX-Request": "true"})
        assert answer["HX-Redirect"] == ACCOUNT

    def test_the_data_browser_neither(self, required: User) -> None:
        client = client_of(administrator())
        for address in ("/admin/", "/admin/users/user/", "/admin/login/"):
            assert client.get(address, follow=True).redirect_chain[-1][0] == ACCOUNT
        assert client_of(required).get("/admin/users/user/").status_code == 200

    def test_set_up_it_opens(self, required: User) -> None:
        ada = administrator()
        client = client_of(ada)
        wrong = client.post(f"{ACCOUNT}/authenticator-app", new_app(client) | {"current": "no"})
        assert "Set up your second factor" in wrong.content.decode()
        page = client.post(f"{ACCOUNT}/authenticator-app", new_app(client))
        assert page.context["after"] == "/console/get-started"
        assert client.get("/console/users").status_code == 200
        assert not must_set_up(ada)

    def test_whoever_has_one_notices_nothing(self, required: User) -> None:
        assert client_of(required).get("/console/users").status_code == 200


class TestTurningOff:
    def test_ones_own_stays(self, required: User) -> None:
        client = client_of(required)
        assert "Remove the second factor" not in client.get(ACCOUNT).content.decode()
        code = totp.code_at(SECRET, int(time.time()) // totp.STEP)
        page = client.post(f"{ACCOUNT}/authenticator-app/remove", {"code": code}).content.decode()
        assert "so yours stays on" in page
        client.post(f"/console/users/{required.pk}/mfa/totp/remove")
        client.post(f"/console/users/{required.pk}/mfa/reset")
        assert TotpDevice.objects.get().last_step == 1  # the code was not used up either

    def test_on_the_pages_for_people_neither(self, required: User) -> None:
        with pytest.raises(FactorOfAdministrators):
            mfa.remove_factor(by=required.audit_name, user=required, factor=Factor.TOTP)
        assert TotpDevice.objects.exists()

    def test_an_owner_helps_somebody_who_lost_theirs(self, required: User) -> None:
        ada = administrator()
        mfa.confirm_totp(by="test", user=ada, secret=SECRET, step=1)
        hers = client_of(ada)
        assert hers.get("/console/users").status_code == 200
        client_of(required).post(f"/console/users/{ada.pk}/mfa/reset")
        assert hers.get("/console/users")["Location"] == ACCOUNT

    def test_people_who_administer_nothing_are_free(self, required: User) -> None:
        carl = create_user(by="test", username="carl", password=PASSWORD)
        mfa.confirm_totp(by="test", user=carl, secret=SECRET, step=1)
        assert mfa.remove_factor(by=carl.audit_name, user=carl, factor=Factor.TOTP)
