"""What /logs is asked for."""

from typing import Annotated

from ninja import Schema
from pydantic import Field

Milliseconds = Annotated[int, Field(gt=0, lt=10**14)]


class LogQuery(Schema):
    """Of one person or one application, with one key (`user.signed_in`), between two moments."""

    userId: str = ""
    applicationId: str = ""
    logKey: str = ""
    start_time: Milliseconds | None = None
    end_time: Milliseconds | None = None
