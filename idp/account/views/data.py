"""/account/data and /account/delete: take everything along, or leave for good."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from idp.account.forms import DeleteForm
from idp.account.visitor import go_to, show, signed_in
from idp.lib.errors import DomainError
from idp.lib.http import see_other
from idp.signin import cookies, own_account, proofs
from idp.signin.proofs import Owner


@signed_in("GET", "HEAD", "POST")
def data(request: HttpRequest, owner: Owner) -> HttpResponse:
    """A page, so that the proof of the person has one to come back to; the file when its button is pressed."""
    if request.method != "POST":
        proofs.require_proof(owner)
        return show(request, "data")
    response = JsonResponse(own_account.export_data(owner=owner), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response["Cache-Control"] = "no-store"
    return response


@signed_in("GET", "HEAD", "POST")
def delete(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Where the service has a way of its own to leave, this page leads there."""
    if owner.center.delete_account_url:
        return see_other(owner.center.delete_account_url)
    proofs.require_proof(owner)
    form = DeleteForm(request.POST or None)
    if form.is_valid():
        try:
            own_account.delete_account(owner=owner)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            response = go_to("deleted")
            cookies.forget_session(response)
            return response
    return show(request, "delete", form=form, person=owner.user)


def deleted(request: HttpRequest) -> HttpResponse:
    return show(request, "deleted")
