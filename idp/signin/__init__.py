"""How people sign in: the sign-in experience, what this visitor has proved, what is still needed, and their session.

Owns SignInExperience, Interaction, Session and the flow. Does not own pages (pages), the protocol around it (oidc) or the
proofs themselves (verification, users.passwords).
"""
