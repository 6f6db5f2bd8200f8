"""The admin pages at /console/: lists, details and forms on the services that the API uses too. No models, no rules."""
