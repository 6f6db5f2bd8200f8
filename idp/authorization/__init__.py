"""What a token may be for: API resources and their permissions, and who holds which.

Owns Resource, Permission and the one question `granted_permissions`. Does not own tokens.
"""
