import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
application = get_wsgi_application()

from idp.deployment import telemetry  # noqa: E402  needs the apps that the line above loads
from idp.deployment.checks import refuse_unsafe  # noqa: E402  as above

refuse_unsafe()
telemetry.start()
