"""Running Latchkey: management commands (serve, apply), system checks, and the staff's Django admin.

A front room for operators; it calls the services of every other room and owns no model.
"""
