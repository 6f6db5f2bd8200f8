"""/account/data and /account/delete: take everything along, or leave for good."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from idp.account.forms import DeleteForm
from idp.account.visitor import go_to, show, signed_in
from idp.lib.errors import DomainError
from idp.signin import cookies, own_account, personal_data, proofs
from idp.signin.models import Session


@signed_in("POST")
def download(request: HttpRequest, session: Session) -> HttpResponse:
    response = JsonResponse(personal_data.export(user=session.user), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response["Cache-Control"] = "no-store"
    return response


@signed_in("GET", "HEAD", "POST")
def delete(request: HttpRequest, session: Session) -> HttpResponse:
    proofs.require_proof(session)
    form = DeleteForm(request.POST or None)
    if form.is_valid():
        try:
            own_account.delete_account(session=session)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            response = go_to("deleted")
            cookies.forget_session(response)
            return response
    return show(request, "delete", form=form, person=session.user)


def deleted(request: HttpRequest) -> HttpResponse:
    return show(request, "deleted")
