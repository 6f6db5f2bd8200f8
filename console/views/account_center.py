"""What people see and change of their own account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from console.access import administrator, staff_required
from console.forms.account_center import AccountCenterForm
from idp.signin.account_center import update_account_center
from idp.signin.errors import AccountCenterInvalid
from idp.signin.models import AccountCenter


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_center(request: HttpRequest) -> HttpResponse:
    form = AccountCenterForm(AccountCenter.load(), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            update_account_center(by=administrator(request).audit_name, **form.changes())
        except AccountCenterInvalid as error:
            form.show_problem(error)
        else:
            messages.success(request, "The changes are saved.")
            return redirect("console:experience-account")
    return render(request, "console/experience/account_center.html", {"form": form})
