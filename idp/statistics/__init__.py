"""Numbers by day (UTC), counted in the background so that no page has to count.

Owns the daily counts and how far they are counted. Does not own what is counted: that stays with the rooms below it.
"""
