from typing import ClassVar

from django.db import models


class Progress(models.Model):
    """One row: how far the log of events is counted for good, and when messages of earlier days were last looked at."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    settled_until = models.DateTimeField()
    messages_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "progress"

    def __str__(self) -> str:
        return f"settled until {self.settled_until}"


class DailyCount(models.Model):
    """One number of one day (UTC).

    `settled` is counted for good and only grows; `fresh` is what came since, counted anew each time. What is no sum (people
    in all, people who were active) is in `settled` alone, and replaced.
    """

    class Measure(models.TextChoices):
        PEOPLE = "people", "People at the end of the day"
        NEW = "new", "People who were created"
        SIGN_INS = "sign_ins", "Sign-ins, by method"
        ACTIVE_DAY = "active_1", "People who signed in on the day"
        ACTIVE_WEEK = "active_7", "People who signed in within 7 days"
        ACTIVE_MONTH = "active_30", "People who signed in within 30 days"

    day = models.DateField()
    measure = models.CharField(max_length=12, choices=Measure.choices)
    label = models.CharField(max_length=40, blank=True, default="")
    settled = models.PositiveBigIntegerField(default=0)
    fresh = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "measure", "label"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.label}: {self.settled + self.fresh}"


class DailyMessages(models.Model):
    """What one connector sent to one country in one day. Messages that its provider refused are `refused` and nothing else.

    `delivered` is what the provider reported as delivered or was proved by its code; `verified` what was proved. `cost` is
    in millionths of `currency`, as far as the provider has named a price.
    """

    day = models.DateField()
    connector = models.CharField(max_length=12)
    type = models.CharField(max_length=16)
    country = models.CharField(max_length=2, blank=True, default="")  # ISO 3166
    currency = models.CharField(max_length=3, blank=True, default="")  # ISO 4217
    sent = models.PositiveIntegerField(default=0)
    delivered = models.PositiveIntegerField(default=0)
    verified = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "daily messages"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "connector", "country", "currency"], name="one_row_of_messages_a_day"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["connector", "day"], name="messages_of_connector")]

    def __str__(self) -> str:
        return f"{self.day} {self.connector} {self.country}: {self.sent}"


class ActivePerson(models.Model):
    """Somebody signed in on this day. Kept as long as a month of active people needs it."""

    day = models.DateField()
    user_id = models.CharField(max_length=12)

    class Meta:
        verbose_name_plural = "active people"
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "user_id"], name="active_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.user_id}"
