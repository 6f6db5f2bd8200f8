"""What has been granted: grants, authorization codes, access and refresh tokens, and the keys that sign.

Owns the toolkit's token models (swapped), the Grant that they all descend from, and SigningKey. Does not own the protocol
that hands them out (oidc) or the question what a token may be for (authorization). Tokens and codes are stored as SHA-256.
"""
