"""Companies, teams, schools: people who belong together, what they may do there, and how the hosted pages look for them.

Owns Organization, Membership, and the roles and permissions that are the same for every organization.
"""
