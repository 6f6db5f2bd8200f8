"""Tests for people that others offer: Cloudflare Turnstile and reCAPTCHA Enterprise.

A verifier answers yes or no, or raises ConnectorError when the provider gives no answer: RETRY when it is in trouble,
CONFIGURATION when it does not accept our keys.
"""

import re
from collections.abc import Mapping
from typing import Any

import requests
from django.conf import settings

from connectors.config import check_fields
from connectors.errors import ConfigError, ConfigProblem, ConnectorError, ErrorCategory
from connectors.ports import CaptchaKind, FormItem, FormItemType, SelectItem

TIMEOUT = 4  # seconds; a person waits
MIN_SCORE = 0.5  # of reCAPTCHA, from 0 (a robot) to 1
_DOMAINS = ("www.google.com", "www.recaptcha.net")

_SITE_KEY = FormItem(type=FormItemType.TEXT, key="siteKey", label="Site key", required=True)
TURNSTILE_FORM = (
    _SITE_KEY,
    FormItem(type=FormItemType.TEXT, key="secretKey", label="Secret key", required=True, is_confidential=True),
)
RECAPTCHA_FORM = (
    _SITE_KEY,
    FormItem(type=FormItemType.TEXT, key="secretKey", label="API key", required=True, is_confidential=True),
    FormItem(type=FormItemType.TEXT, key="projectId", label="Project ID", required=True),
    FormItem(
        type=FormItemType.SELECT,
        key="domain",
        label="Domain",
        default_value=_DOMAINS[0],
        select_items=tuple(SelectItem(domain, domain) for domain in _DOMAINS),
    ),
    FormItem(
        type=FormItemType.SELECT,
        key="mode",
        label="Mode",
        default_value="invisible",
        select_items=(SelectItem("invisible", "Invisible"), SelectItem("checkbox", "Check box")),
    ),
)


class Turnstile:
    """https://developers.cloudflare.com/turnstile/get-started/server-side-validation/"""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._secret = config["secretKey"]

    def verify(self, token: str, address: str) -> bool:
        base = getattr(settings, "TURNSTILE_API_BASE_URL", "") or "https://challenges.cloudflare.com"
        form = {"secret": self._secret, "response": token, **({"remoteip": address} if address else {})}
        answer = _post(f"{base}/turnstile/v0/siteverify", data=form)
        if answer.get("success") is True:
            return True
        codes = set(answer.get("error-codes") or [])
        if codes & {"missing-input-secret", "invalid-input-secret"}:
            raise _trouble(ErrorCategory.CONFIGURATION, "Turnstile does not accept the secret key.", codes)
        if "internal-error" in codes:
            raise _trouble(ErrorCategory.RETRY, "Turnstile is having trouble.", codes)
        return False


class RecaptchaEnterprise:
    """https://cloud.google.com/recaptcha/docs/create-assessment-website"""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config

    def verify(self, token: str, address: str) -> bool:
        base = getattr(settings, "RECAPTCHA_API_BASE_URL", "") or "https://recaptchaenterprise.googleapis.com"
        event = {"token": token, "siteKey": self._config["siteKey"], **({"userIpAddress": address} if address else {})}
        answer = _post(
            f"{base}/v1/projects/{self._config['projectId']}/assessments",
            json={"event": event},
            # Not in the address, where logs would find it.
            headers={"X-Goog-Api-Key": self._config["secretKey"]},
        )
        if answer.get("tokenProperties", {}).get("valid") is not True:
            return False
        score = answer.get("riskAnalysis", {}).get("score", 0)
        return self._config["mode"] == "checkbox" or (isinstance(score, int | float) and score >= MIN_SCORE)


def _post(url: str, **request: Any) -> dict[str, Any]:
    try:
        answer = requests.post(url, timeout=TIMEOUT, allow_redirects=False, **request)
        body = answer.json() if answer.status_code < 500 else {}
    except (requests.RequestException, ValueError) as error:
        raise _trouble(ErrorCategory.RETRY, "The provider could not be reached.", {type(error).__name__}) from error
    if answer.status_code >= 500 or answer.status_code == 429 or not isinstance(body, dict):
        raise _trouble(ErrorCategory.RETRY, "The provider is having trouble.", {str(answer.status_code)})
    if answer.status_code >= 400:
        raise _trouble(ErrorCategory.CONFIGURATION, "The provider refused the request.", {str(answer.status_code)})
    return body


def _trouble(category: ErrorCategory, meaning: str, codes: set[str]) -> ConnectorError:
    advice = "Check the keys." if category is ErrorCategory.CONFIGURATION else "Try again soon."
    return ConnectorError(category=category, meaning=meaning, advice=advice, provider_code=", ".join(sorted(codes)))


def _validator(form: tuple[FormItem, ...]) -> Any:
    def validate(config: Mapping[str, Any]) -> dict[str, Any]:
        clean, problems = check_fields(config, form)
        problems += [
            ConfigProblem(f"$.{key}", "Letters, digits, dashes, dots and underscores only. Copy it again.")
            for key in ("siteKey", "secretKey", "projectId")
            if key in clean and not re.fullmatch(r"[\w.-]+", clean[key], re.ASCII)
        ]
        if problems:
            raise ConfigError(problems)
        return clean

    return validate


TURNSTILE = CaptchaKind(
    type="Turnstile",
    name="Cloudflare Turnstile",
    form_items=TURNSTILE_FORM,
    validate=_validator(TURNSTILE_FORM),
    build=Turnstile,
    sources=lambda config: {
        "script-src": ("https://challenges.cloudflare.com",), "frame-src": ("https://challenges.cloudflare.com",),
    },
)  # fmt: skip
RECAPTCHA = CaptchaKind(
    type="RecaptchaEnterprise",
    name="reCAPTCHA Enterprise",
    form_items=RECAPTCHA_FORM,
    validate=_validator(RECAPTCHA_FORM),
    build=RecaptchaEnterprise,
    sources=lambda config: {
        "script-src": (f"https://{config['domain']}/recaptcha/", "https://www.gstatic.com/recaptcha/"),
        "frame-src": (f"https://{config['domain']}/recaptcha/", "https://recaptcha.google.com/recaptcha/"),
        "connect-src": (f"https://{config['domain']}/recaptcha/",),
    },
)
