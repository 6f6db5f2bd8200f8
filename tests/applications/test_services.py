import pytest
from django.db import connection

from idp.applications import clients, services
from idp.applications.errors import BuiltinApplication, InvalidSetting, InvalidUri, SecretNameTaken
from idp.applications.models import DEMO_APP_ID, Application
from idp.audit.models import Event

pytestmark = pytest.mark.django_db


def create(**settings: object) -> Application:
    return services.create_application(by="user:admin", name="Shop", type="Traditional", **settings)


def test_a_confidential_client_gets_a_secret_that_the_database_cannot_read() -> None:
    secret = create().secrets.get()
    assert len(secret.value) == 32

    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM applications_applicationsecret")
        assert secret.value not in cursor.fetchone()[0]


def test_a_public_client_gets_none() -> None:
    assert not services.create_application(by="x", name="App", type="Native").secrets.exists()


@pytest.mark.parametrize("type", ["Native", "SPA", "Traditional", "MachineToMachine"])
def test_ids_are_21_characters(type: str) -> None:
    assert len(services.create_application(by="x", name="App", type=type).pk) == 21


def test_every_change_is_in_the_log() -> None:
    application = create()
    target = application.audit_name
    services.update_application(by="user:admin", application=application, name="Bookshop")
    services.delete_application(by="user:admin", application=application)
    events = Event.objects.filter(target=target).order_by("pk")
    assert [event.key for event in events] == ["application.created", "application.updated", "application.deleted"]
    assert {event.actor for event in events} == {"user:admin"}


def test_a_bad_uri_changes_nothing() -> None:
    application = create(redirect_uris=["https://shop.example/cb"])
    with pytest.raises(InvalidUri) as refused:
        services.update_application(by="x", application=application, name="New", redirect_uris=["javascript:alert(1)"])
    assert refused.value.field == "redirectUris"
    application.refresh_from_db()
    assert (application.name, application.redirect_uri_list) == ("Shop", ["https://shop.example/cb"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("refresh_token_ttl_days", 181),
        ("refresh_token_ttl_days", 0),
        ("name", " "),
        ("nonsense", 1),
        ("max_allowed_grants", 0),
        ("max_allowed_grants", 10**12),
        ("user_consent_scopes", ["two words"]),
        ("algorithm", "HS256"),
        ("jwks", {"keys": []}),
        ("jwks", {"keys": [{"kty": "oct", "k": "x"}]}),
        ("jwks", {"keys": [{"kty": "EC", "generate": "EC", "crv": "P-256"}]}),
        ("branding", {"logoUrl": "https://["}),
        ("guide", "g" * 41),
        ("name", "n" * 257),
        ("terms_of_use_url", f"https://x.example/{'x' * 2048}"),
        ("backchannel_logout_uri", "com.example.app://x"),
        ("terms_of_use_url", "javascript:alert(1)"),
    ],
)
def test_a_bad_setting_is_named(field: str, value: object) -> None:
    with pytest.raises(InvalidSetting) as refused:
        services.update_application(by="x", application=create(), **{field: value})
    assert refused.value.field == field


def test_a_secret_has_a_name_of_its_own() -> None:
    application = create()
    with pytest.raises(SecretNameTaken):
        services.create_secret(by="x", application=application, name="Default")


def test_the_demo_app_is_not_theirs_to_change() -> None:
    demo = Application.objects.get(pk=DEMO_APP_ID)
    with pytest.raises(BuiltinApplication):
        services.delete_application(by="x", application=demo)
    assert demo not in Application.objects.managed()
    assert demo.redirect_uri_list == ["http://localhost:3001/demo-app"]


@pytest.mark.django_db(transaction=True)
def test_a_kept_client_is_dropped_when_it_changes() -> None:
    application = create()
    assert clients.get(application.pk)
    services.update_application(by="x", application=application, name="Bookshop")
    client = clients.get(application.pk)
    assert client
    assert client.application.name == "Bookshop"
    client_id = application.client_id
    services.delete_application(by="x", application=application)
    assert clients.get(client_id) is None
