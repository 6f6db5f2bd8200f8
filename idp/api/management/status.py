"""/api/status: is this server there? For everybody; what of it works is told by /readyz."""

from django.http import HttpRequest
from ninja import Router, Status

router = Router(tags=["Status"])


@router.get("", auth=None, response={204: None})
def status(request: HttpRequest) -> Status[None]:
    return Status(204, None)
