"""Framework guides: what an application can be created from, and the tutorial that follows.

A guide is one folder with one file, `<id>/guide.md`: facts in TOML between two lines of `+++`, then steps in Markdown
(`source` reads it). `catalogue` is the list of them, `gallery` filters it, `filling` puts the values of an application in.
"""
