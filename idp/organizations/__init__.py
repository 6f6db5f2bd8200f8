"""Companies, teams, schools: people who belong together, and how the hosted pages look for them.

Owns Organization and Membership. Roles inside an organization are not known yet: a member's token carries no permissions.
"""
