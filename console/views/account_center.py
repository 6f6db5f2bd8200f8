"""What people see and change of their own account."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from console.access import Permission, administrator, needs
from console.editing import answer, edit
from console.forms.account_center import AccountCenterForm
from idp.audit.models import EventFilter
from idp.signin.account_center import update_account_center
from idp.signin.errors import AccountCenterInvalid
from idp.signin.models import AccountCenter


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def account_center(request: HttpRequest) -> HttpResponse:
    def write(_: AccountCenter, form: AccountCenterForm) -> bool:
        try:
            update_account_center(by=administrator(request).audit_name, **form.changes())
        except AccountCenterInvalid as error:
            form.show_problem(error)
            return False
        return True

    about = EventFilter(subject="account-center")
    editing = edit(request, load=_load, build=AccountCenterForm, write=write, about=about)
    return answer(request, editing, "console/experience/account_center.html", {})


def _load(lock: bool) -> AccountCenter:
    if not lock:
        return AccountCenter.load()
    AccountCenter.objects.get_or_create(pk="default")
    return AccountCenter.objects.select_for_update().get(pk="default")
