"""A Django project as the toolkit's tutorial makes it, with the toolkit's own models and views: what Latchkey is compared with."""
