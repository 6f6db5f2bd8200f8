"""The terms that people agree to on the pages: a sentence, or a box to tick (Logto section 4.5, Agreement)."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from idp.signin.models import SignInExperience


@dataclass(frozen=True)
class Agreement:
    """`sentence` has the links; `must_tick`: it stands beside a box, which is ticked when `agreed`."""

    sentence: SafeString
    must_tick: bool
    agreed: bool


def agreement(experience: SignInExperience, event: str, *, agreed: bool = False) -> Agreement | None:
    """For this event (SignIn, Register); None when there is nothing to agree to, or not here."""
    if not experience.terms:
        return None
    if experience.must_tick_terms(event):
        return Agreement(_with_links(_ticked(experience), experience), True, agreed)
    if event == "SignIn" and experience.agree_to_terms_policy != SignInExperience.TermsPolicy.AUTOMATIC:
        return None  # they agreed when they signed up
    return Agreement(_with_links(_by_continuing(experience), experience), False, agreed)


def _ticked(experience: SignInExperience) -> str:
    if experience.terms_of_use_url and experience.privacy_policy_url:
        return _("I have read and agree to the {terms} and the {privacy}.")
    return (
        _("I have read and agree to the {terms}.")
        if experience.terms_of_use_url
        else _("I have read and agree to the {privacy}.")
    )


def _by_continuing(experience: SignInExperience) -> str:
    if experience.terms_of_use_url and experience.privacy_policy_url:
        return _("By continuing, you agree to the {terms} and the {privacy}.")
    return (
        _("By continuing, you agree to the {terms}.")
        if experience.terms_of_use_url
        else _("By continuing, you agree to the {privacy}.")
    )


def _with_links(sentence: str, experience: SignInExperience) -> SafeString:
    """In a tab of their own: whoever reads them comes back to the form as they left it."""
    return format_html(
        sentence,
        terms=_link(experience.terms_of_use_url, _("Terms of use")),
        privacy=_link(experience.privacy_policy_url, _("Privacy policy")),
    )


def _link(address: str | None, words: str) -> SafeString:
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', address or "", words)
