from django.db import models


class Heartbeat(models.Model):
    """A background worker that was alive at `seen_at`. It has no other sign of life that all processes can see."""

    id = models.CharField(primary_key=True, max_length=100)  # host and process
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.pk}: {self.seen_at}"
