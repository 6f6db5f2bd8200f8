"""What an administrator decides about one-time codes, as plain values: the settings themselves live in a higher room."""

from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class SmsGuardPolicy:
    """How many text messages may go where. The names in JSON are the keys of `JSON_NAMES`; what is absent is as here.

    A prefix is the first seven digits of a number with its country code: in most countries one operator's block.
    """

    enabled: bool = True
    countries: tuple[str, ...] = ()  # ISO 3166 regions; empty: all
    block_special_numbers: bool = True  # premium rate, shared cost, company access numbers, voicemail, pagers
    per_hour: int = 5000  # messages of the whole installation
    per_day: int = 20_000
    cost_per_hour: int = 250  # whole units of `currency`, of the whole installation, by estimate
    cost_per_day: int = 1000
    price_per_message: float = 0.05  # to a country of which no provider has named a price yet
    currency: str = "USD"  # ISO 4217
    numbers_per_address: int = 30  # different numbers that one client address may ask codes for, in an hour
    numbers_per_prefix: int = 1000  # different numbers of one prefix, in an hour
    min_sends: int = 20  # a prefix is judged by its codes once so many were sent in an hour,
    min_verified_percent: int = 10  # and is stopped when fewer of them than this were typed in again,
    block_hours: int = 12  # for so long

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "SmsGuardPolicy":
        values = {JSON_NAMES[name]: value for name, value in stored.items()}
        if "countries" in values:
            values["countries"] = tuple(values["countries"])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        values = {name: getattr(self, attribute) for name, attribute in JSON_NAMES.items()}
        return values | {"allowedCountries": list(self.countries)}


JSON_NAMES = {
    "enabled": "enabled",
    "allowedCountries": "countries",
    "blockSpecialNumbers": "block_special_numbers",
    "maxPerHour": "per_hour",
    "maxPerDay": "per_day",
    "maxCostPerHour": "cost_per_hour",
    "maxCostPerDay": "cost_per_day",
    "pricePerMessage": "price_per_message",
    "currency": "currency",
    "maxNumbersPerAddress": "numbers_per_address",
    "maxNumbersPerPrefix": "numbers_per_prefix",
    "minSends": "min_sends",
    "minVerifiedPercent": "min_verified_percent",
    "blockHours": "block_hours",
}
assert set(JSON_NAMES.values()) == {one.name for one in fields(SmsGuardPolicy)}  # noqa: S101  a table that must be whole


@dataclass(frozen=True)
class CodePolicy:
    """How long a code is good, how often it may be mistyped, and what may be sent by SMS."""

    lifetime: timedelta = timedelta(minutes=10)
    max_tries: int = 10
    sms: SmsGuardPolicy = field(default_factory=SmsGuardPolicy)
