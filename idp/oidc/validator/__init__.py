"""What the toolkit asks about a token request, answered from our rooms.

One mixin for each concern; order matters only in that the toolkit's own class comes last. Nothing is consumed while a
request is validated: codes and refresh tokens are used up when the tokens are stored, in one transaction (tokens.services).
"""

from idp.oidc.toolkit import OAuth2Validator
from idp.oidc.validator.clients import ClientMixin
from idp.oidc.validator.codes import CodeMixin
from idp.oidc.validator.id_tokens import IdTokenMixin
from idp.oidc.validator.refresh_tokens import RefreshTokenMixin
from idp.oidc.validator.storage import StorageMixin


class Validator(ClientMixin, CodeMixin, RefreshTokenMixin, IdTokenMixin, StorageMixin, OAuth2Validator):
    """The request validator of this server (settings.OAUTH2_PROVIDER)."""
