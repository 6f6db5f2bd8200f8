import os

from django.core.wsgi import get_wsgi_application

from idp.deployment import telemetry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
telemetry.start()  # before the middleware is loaded: traces bring one of their own
application = get_wsgi_application()

from idp.deployment.checks import refuse_unsafe  # noqa: E402  needs the apps that the line above loads

refuse_unsafe()
