"""The protocol: OAuth 2.0 and OpenID Connect endpoints under /oidc, and nothing that a page shows but its errors."""
