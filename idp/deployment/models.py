from django.db import models


class Heartbeat(models.Model):
    """A background worker that was alive at `seen_at`. It has no other sign of life that all processes can see."""

    id = models.CharField(primary_key=True, max_length=100)  # host and process
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.pk}: {self.seen_at}"


class Erasure(models.Model):
    """Somebody whose account was deleted, and whose traces in the audit log are still to be removed, when it is `due_at`."""

    user_id = models.CharField(primary_key=True, max_length=12)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.pk
