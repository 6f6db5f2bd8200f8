"""Who exists: people, their identifiers and passwords.

Owns User and everything that is true of a person without knowing how they sign in. Does not own proofs (verification),
sessions (signin) or tokens (tokens).
"""
