"""What the journeys drive: a live server, real SDKs in a phone-like shell, and eyes for what went wrong."""
