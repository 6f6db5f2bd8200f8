"""The identity server: every decision, in small rooms that import in one direction (docs/architecture.md)."""
