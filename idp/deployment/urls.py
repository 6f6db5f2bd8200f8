from django.urls import path

from idp.deployment.views import healthz

urlpatterns = [path("healthz", healthz, name="healthz")]
