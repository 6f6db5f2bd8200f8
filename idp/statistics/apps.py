from django.apps import AppConfig


class Config(AppConfig):
    name = "idp.statistics"
