"""What sign-in pages and apps of people call, as one NinjaAPI; the Management API is another (management.site)."""

from ninja import NinjaAPI

from idp.api.account import router as account
from idp.api.account_access import router as account_access
from idp.api.account_factors import router as account_factors
from idp.api.experience import router as experience
from idp.api.mfa import router as mfa
from idp.api.parsing import TextParser
from idp.api.passkeys import router as passkeys
from idp.api.problems import install
from idp.api.verifications import router as verifications
from idp.api.webhooks import router as webhooks
from idp.api.well_known import router as well_known

api = NinjaAPI(title="Latchkey", urls_namespace="api", docs_url=None, openapi_url=None, parser=TextParser())
api.add_router("/experience", experience)
api.add_router("/experience", mfa)
api.add_router("/my-account", account)
api.add_router("/my-account", account_access)
api.add_router("/my-account", account_factors)
api.add_router("/verifications", verifications)
api.add_router("/experience", passkeys)
api.add_router("/webhooks", webhooks)
api.add_router("/.well-known", well_known)

install(api)
