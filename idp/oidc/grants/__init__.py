"""The grants that oauthlib does not have, one class each on one base that walks the phases of a token request."""
