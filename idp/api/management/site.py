"""The Management API as one NinjaAPI of its own: what it has is what its OpenAPI document says."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router

from idp.api.management.access import refuse
from idp.api.management.applications import router as applications
from idp.api.management.dashboard import router as dashboard
from idp.api.management.experience import router as experience
from idp.api.management.logs import router as logs
from idp.api.management.organization_machines import router as organization_machines
from idp.api.management.organization_members import router as organization_members
from idp.api.management.organization_template import role_router as organization_roles
from idp.api.management.organization_template import scope_router as organization_scopes
from idp.api.management.organizations import router as organizations
from idp.api.management.resources import router as resources
from idp.api.management.roles import router as roles
from idp.api.management.status import router as status
from idp.api.management.tokens import one_time_router as one_time_tokens
from idp.api.management.tokens import subject_router as subject_tokens
from idp.api.management.user_access import router as user_access
from idp.api.management.users import router as users
from idp.api.parsing import TextParser
from idp.api.problems import install

ROUTERS: tuple[tuple[str, Router], ...] = (
    ("/users", users),
    ("/users", user_access),
    ("/applications", applications),
    ("/resources", resources),
    ("/roles", roles),
    ("/organizations", organizations),
    ("/organizations", organization_members),
    ("/organizations", organization_machines),
    ("/organization-roles", organization_roles),
    ("/organization-scopes", organization_scopes),
    ("/logs", logs),
    ("/dashboard", dashboard),
    ("/sign-in-exp", experience),
    ("/subject-tokens", subject_tokens),
    ("/one-time-tokens", one_time_tokens),
    ("/status", status),
)


class ManagementAPI(NinjaAPI):
    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """What every good answer begins with: nobody keeps it."""
        response = super().create_temporal_response(request)
        response["Cache-Control"] = "no-store"
        return response


management = ManagementAPI(
    title="Latchkey Management API", version="1", urls_namespace="management-api", docs_url=None, auth=refuse, parser=TextParser(),
    openapi_url="/.well-known/management.openapi.json",
)  # fmt: skip
for _prefix, _router in ROUTERS:
    management.add_router(_prefix, _router)
install(management)
