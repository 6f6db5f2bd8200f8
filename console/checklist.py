"""What a new installation still needs, read from what is stored. Each step is one look by an index."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from idp.applications.models import Application
from idp.messaging.models import Connector
from idp.signin.models import SignInExperience
from idp.users.models import User


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    text: str
    url: str
    action: str
    done: bool


def steps() -> list[Step]:
    """In the order in which one would take them; the first that is not done is the next."""
    return [
        Step(
            "Register your first application",
            "Pick what it is built with. The guide has this server's address and the application's id filled in.",
            reverse("console:application-gallery"), "Choose a framework",
            Application.objects.managed().exists(),
        ),
        Step(
            "Connect a provider for codes",
            "Twilio for text messages, or your own mail server. Send yourself a test before you save it.",
            reverse("console:connector-list"), "Set up a connector",
            Connector.objects.exists(),
        ),
        Step(
            "Decide how people sign in",
            "Phone, email or username; a code, a password, or both; and how the pages look.",
            reverse("console:experience"), "Shape the sign-in",
            SignInExperience.objects.exists(),
        ),
        Step(
            "Sign in as one of your users",
            "Run your app, or the built-in demo, and go through it as they will.",
            "/demo-app", "Open the demo app",
            User.objects.have_signed_in().exists(),
        ),
        Step(
            "Give a colleague the keys too",
            "A second administrator can let you in again when you are locked out.",
            reverse("console:administrator-list"), "Invite an administrator",
            User.objects.administrators()[1:2].exists(),
        ),
        Step(
            "Move to production settings",
            "HTTPS, PostgreSQL, Redis and secrets of your own: the README says how.",
            reverse("console:production"), "See what is missing",
            settings.PRODUCTION,
        ),
    ]  # fmt: skip
