"""Dates on the pages of users."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from idp.lib.ui import day, minute

MOMENT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written"), [("en", "24 Nov 2026"), ("de", "24. November 2026"), ("ja", "2026年11月24日")]
)
def test_a_date_reads_as_the_language_writes_it(language: str, written: str) -> None:
    with translation.override(language):
        assert (day(MOMENT), minute(MOMENT)) == (written, f"{written}, 09:05")
