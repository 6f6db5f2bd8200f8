"""How many people a change of the sign-in experience reaches, without reading everybody.

Numbers stop at CAP; of a large installation only the newest NEWEST people are looked at, and the number says so.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet
from django.utils import timezone

from idp.mfa.factors import Factor
from idp.mfa.models import Passkey, TotpDevice
from idp.signin.models import SignInExperience
from idp.users import identifiers
from idp.users.models import User

CAP = 1_000
NEWEST = 20_000
_HAS_PASSWORD = ~Q(password="") & ~Q(**{"password__startswith": UNUSABLE_PASSWORD_PREFIX})
_HOLDERS: dict[Factor, type[TotpDevice] | type[Passkey]] = {Factor.TOTP: TotpDevice, Factor.WEBAUTHN: Passkey}


@dataclass(frozen=True, slots=True)
class Reach:
    """`number` is capped. `is_whole` is False when only the newest people were looked at."""

    number: int
    is_whole: bool = True

    def __str__(self) -> str:
        people = "1 person" if self.number == 1 else f"{self.number:,} people"
        if self.number > CAP:
            return f"More than {CAP:,} people"
        if self.is_whole:
            return people
        return f"{people if self.number else 'None'} of the newest {NEWEST:,}"


def shut_out(before: SignInExperience, after: SignInExperience) -> Reach:
    """Those who can sign in now, and could not afterwards.

    Passkeys are not counted as a way, few would have one ready; nor are administrators, whom the console lets in all the same.
    """
    lost = Q(_ways(before), ~_ways(after))
    newest = User.objects.order_by("-created_at", "-id")
    is_whole = not newest.values("pk")[NEWEST : NEWEST + 1].exists()
    people = User.objects.filter(is_suspended=False, is_staff=False)
    if not is_whole:
        people = people.filter(pk__in=newest.values("pk")[:NEWEST])
    return Reach(_capped(people.filter(lost)), is_whole)


def holders(factor: Factor) -> Reach:
    """Those who have set this factor up; 0 for one that is never set up."""
    model = _HOLDERS.get(factor)
    return Reach(_capped(model.objects.values("user_id").distinct())) if model else Reach(0)


def newcomers() -> Reach:
    """Those whose account is younger than a week."""
    return Reach(_capped(User.objects.filter(created_at__gte=timezone.now() - timedelta(days=7))))


def _ways(experience: SignInExperience) -> Q:
    """Who can sign in, by what they have."""
    found = Q(pk__in=[])
    for method in experience.methods if experience.allows_sign_in else []:
        has_it = Q(**{f"{identifiers.COLUMNS[method['identifier']]}__isnull": False})
        if method["verificationCode"]:
            found |= has_it
        elif method["password"]:
            found |= has_it & _HAS_PASSWORD
    return found


def _capped(rows: "QuerySet[Any, Any]") -> int:
    return rows.order_by()[: CAP + 1].count()
