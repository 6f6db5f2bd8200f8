from django.db import models

from idp.lib.encryption import EncryptedJSONField
from idp.lib.ids import short_id


class Connector(models.Model):
    """A provider that is set up: it exists, so it is on. One for e-mail, one for SMS.

    `connector_id` is the kind (`twilio-short-message-service`); `type` is `Sms` or `Email`.
    """

    id = models.CharField(primary_key=True, max_length=12, default=short_id, editable=False)
    type = models.CharField(max_length=16, unique=True)
    connector_id = models.CharField(max_length=128)
    config = EncryptedJSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.connector_id


class OutboxMessage(models.Model):
    """A message that nobody sent: development only, while no connector of its type is set up."""

    type = models.CharField(max_length=16)
    recipient = models.CharField(max_length=254)
    usage_type = models.CharField(max_length=40)
    subject = models.CharField(max_length=254, blank=True, default="")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.text}"
