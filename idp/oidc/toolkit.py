"""The one place that imports from django-oauth-toolkit and oauthlib, whose modules move between releases."""

from oauth2_provider.oauth2_backends import OAuthLibCore, get_oauthlib_core
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.tokens import BearerToken, OAuth2Token
from oauthlib.openid.connect.core.endpoints.pre_configured import Server as OAuthServer

__all__ = [
    "BearerToken",
    "OAuth2Token",
    "OAuth2Validator",
    "OAuthLibCore",
    "OAuthServer",
    "Request",
    "errors",
    "get_oauthlib_core",
]
