"""The hosted pages: sign-in, sign-up, verification, sign-out and the demo app. Forms and redirects, no rules."""
