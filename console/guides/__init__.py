"""Framework guides: what an application can be created from, and the tutorial that follows.

The words of each guide are in templates/console/guides/<id>.html. To add one: an entry in catalogue.py and a template
of that name.
"""
