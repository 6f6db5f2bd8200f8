"""The JSON APIs under /api, on the same services as the pages. Validation, status codes and error bodies; no rules.

So far the Experience API, for sign-in pages that others build. Paths, fields and codes are Logto's (section 5.1).
"""
