"""Days are those of UTC."""

from datetime import UTC, date, datetime, time


def start_of(day: date) -> datetime:
    """Its first moment."""
    return datetime.combine(day, time.min, UTC)
