"""The admin pages at /console/: lists, details and forms on the same services that the API uses. No models, no rules."""
