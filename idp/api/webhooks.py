"""What providers of others post here. No cookie, no token: each report is signed, and the connector's kind checks that."""

from django.http import HttpRequest
from ninja import Router, Status

from idp.messaging import delivery_log

router = Router()


@router.post("/messages/{message_id}", response={204: None}, url_name="message_status")
def message_status(request: HttpRequest, message_id: str) -> Status[None]:
    """What became of a message that was sent. 403 when the provider did not sign it; 204 also for an unknown message."""
    delivery_log.note_status(message_id=message_id, fields=request.POST.dict(), headers=request.headers)
    return Status(204, None)
