"""One line of JSON for each event in the log, with the request that it belongs to.

What people and secrets are called never comes from us; what a database says about a row in its way is cut off here.
"""

import json
import logging
import re
import time
from typing import Any

from idp.lib import request_id

# "DETAIL:  Key (primary_phone)=(15551234567) already exists.", and rows and statements that PostgreSQL quotes.
_QUOTED = re.compile(r"^(DETAIL|CONTEXT|LINE \d+|HINT):.*$", re.MULTILINE)

_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode  # made once: json.dumps would make one for each line


class JsonFormatter(logging.Formatter):
    """Keys: time (UTC), level, logger, message, request, what `extra={"fields": …}` adds, and error (a traceback)."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage(),
        }  # fmt: skip
        if name := request_id.current():
            line["request"] = name
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = _QUOTED.sub(r"\1: (not shown)", self.formatException(record.exc_info))
        return _encode(line)
