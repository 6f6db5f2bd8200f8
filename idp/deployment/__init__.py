"""Running Latchkey: management commands (serve, work, apply), system checks, health and metrics, and the staff's Django admin.

A front room for operators; it calls the services of every other room. Its one model is the sign of life of workers.
"""
