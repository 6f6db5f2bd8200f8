"""Configuration as a file: `manage.py apply FILE` creates or updates what a JSON document describes.

Shapes and names are those of Logto's API (docs/apply.md). `reading` walks the document and knows the JSON path of everything;
`sections` turns each part into calls of the rooms' services.
"""
