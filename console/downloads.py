"""Files that are made while they are read, so that a large one needs no memory."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.utils import timezone

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


def download(lines: Iterable[str], *, name: str, format: str) -> StreamingHttpResponse:
    """`users` as `users-20261124-090000.csv`; `format` is one of CONTENT_TYPES."""
    headers = {"Content-Disposition": f'attachment; filename="{name}-{timezone.now():%Y%m%d-%H%M%S}.{format}"'}
    return StreamingHttpResponse(lines, content_type=CONTENT_TYPES[format], headers=headers)
