"""An administrator imports a file: sees what would happen, corrects the columns, starts, watches."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from idp.users import importing
from idp.users.models import User, UserImport

pytestmark = pytest.mark.django_db
URL = "/console/users/import"


def upload(staff: Client, content: bytes) -> str:
    """The address of the draft."""
    answer = staff.post(URL, {"file": SimpleUploadedFile("people.csv", content)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_from_the_file_to_the_people(staff: Client) -> None:
    url = upload(staff, b"mail,team\nada@example.com,red\nnonsense,blue\n")
    page = staff.get(url).content.decode()
    assert "ada@example.com, nonsense" in page
    page = staff.post(url, {"column-0": "email", "column-1": "custom"}).content.decode()
    assert "1 person can be added" in page
    assert "This is not an email address." in page
    assert not User.objects.filter(primary_email="ada@example.com").exists()

    assert staff.post(f"{url}/start")["Location"] == url
    assert 'hx-trigger="every 1s"' in staff.get(url).content.decode()
    importing.advance()
    page = staff.get(f"{url}/progress").content.decode()
    assert "1 person was added" in page
    assert "hx-get" not in page
    assert User.objects.get(primary_email="ada@example.com").custom_data == {"team": "red"}
    assert "Done" in staff.get(URL).content.decode()


def test_a_file_that_cannot_be_read(staff: Client) -> None:
    page = staff.post(URL, {"file": SimpleUploadedFile("people.csv", b"email\na,b")}).content.decode()
    assert "Line 2 has more cells than the first line has names." in page
    assert "This field is required." in staff.post(URL, {}).content.decode()


def test_columns_that_name_nobody(staff: Client) -> None:
    url = upload(staff, b"mail\nada@example.com\n")
    page = staff.post(url, {"column-0": "name"}).content.decode()
    assert "One column must be a username, an email address or a phone number." in page
    assert "can be added" not in page


def test_thrown_away(staff: Client) -> None:
    url = upload(staff, b"mail\nada@example.com\n")
    staff.post(f"{url}/discard")
    assert not UserImport.objects.exists()
    assert staff.get(url).status_code == 404
