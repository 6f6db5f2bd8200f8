"""The authorization endpoint, in the order a request walks: read, check, ask, answer.

`request` is what the client sent; `checks` is the table of rules that it must pass before any page appears; `prompts` says
what must still be asked of the person; `responses` builds the way back.
"""
