"""The JSON APIs under /api, on the same services as the pages. Validation, status codes and error bodies; no rules.

The Experience API for sign-in pages that others build, the Account API for apps of a person, and in `management` the Management API.
Paths, fields and codes are Logto's.
"""
