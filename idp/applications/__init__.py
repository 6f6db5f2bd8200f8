"""Which clients exist: applications, their secrets, and the rules for their URIs.

Owns Application (the toolkit's swapped model) and ApplicationSecret. Does not own tokens or how a client proves itself.
"""
