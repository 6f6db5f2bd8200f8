from django.urls import path

from idp.deployment.views import healthz, livez, metrics_text, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("livez", livez, name="livez"),
    path("metrics", metrics_text, name="metrics"),
    path("readyz", readyz, name="readyz"),
]
