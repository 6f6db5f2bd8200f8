"""The front door: which room answers which URL."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from idp.api.management.site import management
from idp.api.site import api

urlpatterns = [
    path("oidc/", include("idp.oidc.urls")),
    path("api/", api.urls),
    path("api/", management.urls),
    path("api/swagger.json", RedirectView.as_view(url="/api/.well-known/management.openapi.json")),
    path("console", RedirectView.as_view(url="/console/")),
    path("console/", include("console.urls")),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("account", include("idp.account.urls")),
    path(".well-known/change-password", RedirectView.as_view(url="/account/password")),  # for password managers
    path("", include("idp.deployment.urls")),
    path("", include("idp.pages.urls")),
]
handler404 = "idp.pages.views.errors.not_found"
handler500 = "idp.pages.views.errors.server_error"
