"""Whether every administrator needs a second factor: the authenticator app that the sign-in of the console asks for."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from idp.audit.services import record
from idp.mfa.errors import FactorChangedInConsole, FactorOfAdministrators, OwnFactorFirst
from idp.mfa.models import TotpDevice
from idp.users.models import Installation, User


@transaction.atomic
def require_factor(*, by: User, required: bool) -> bool:
    """Demand it of every administrator, or no longer. False when that was so already.

    Raises OwnFactorFirst when whoever demands it has none.
    """
    if required and not TotpDevice.objects.filter(user=by).exists():
        raise OwnFactorFirst
    other = Installation.objects.filter(staff_factor_required=not required)
    if not other.update(staff_factor_required=required):
        return False
    key = "administrator.factor_required" if required else "administrator.factor_not_required"
    record(key, by=by.audit_name)
    return True


def is_factor_required() -> bool:
    return Installation.objects.filter(staff_factor_required=True).exists()


def must_set_up(administrator: User) -> bool:
    """Is a factor demanded that this administrator does not have? One statement: every page of the console asks."""
    return bool(
        User.objects.administrators()
        .filter(pk=administrator.pk)
        .filter(Exists(Installation.objects.filter(staff_factor_required=True)))
        .exclude(Exists(TotpDevice.objects.filter(user=OuterRef("pk"))))
        .exists()
    )


def refuse_without_code(user: User) -> None:
    """The sign-in of the console asks for this factor, whatever other sign-ins do: a password alone does not change it.

    Raises FactorChangedInConsole for an administrator who has one.
    """
    if user.is_staff and TotpDevice.objects.filter(user=user).exists():
        raise FactorChangedInConsole


def refuse_turning_off(user: User) -> None:
    """Nobody takes their own factor away while it is demanded of them. Raises FactorOfAdministrators."""
    if user.is_staff and is_factor_required():
        raise FactorOfAdministrators
