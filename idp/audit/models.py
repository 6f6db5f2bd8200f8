from typing import ClassVar

from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    def about_user(self, user_id: str) -> "EventQuerySet":
        return self.filter(target=f"user:{user_id}") | self.filter(actor=f"user:{user_id}")


class Event(models.Model):
    """One thing that happened. No foreign keys: a log outlives what it describes.

    `actor` and `target` are `kind:id` (`user:2k1…`, `application:…`); an empty actor is the system itself.
    """

    key = models.CharField(max_length=80)
    actor = models.CharField(max_length=80, blank=True)
    target = models.CharField(max_length=160, blank=True)
    succeeded = models.BooleanField(default=True)
    data = models.JSONField(default=dict)
    address = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["target", "-created_at"]),
            models.Index(fields=["actor", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.target}"
