"""What a token may be for: API resources and their permissions, roles, and who holds which.

Owns Resource, Permission, Role, who holds them, which roles of organizations hold permissions of APIs, which machines work
for an organization, and the questions that tokens ask (`queries`). Does not own tokens, nor what members may do there.
"""
