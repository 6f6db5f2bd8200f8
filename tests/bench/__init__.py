"""`make bench`: what requests cost, here and elsewhere, on the machine that asks."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")  # for the default templates of messages
