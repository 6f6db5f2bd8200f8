"""What every room may use and no feature owns: ids, errors, phone numbers, encryption at rest, HTTP helpers.

Not an app: no models, no views, no settings of its own.
"""
