"""What is known of a sign-in that is under way, and what its settings and its person make of it.

A proof names what it proves: `proofs["phone"] = "1555…"` is no proof for another number.
"""

from dataclasses import dataclass
from functools import cached_property

from idp.mfa import services as mfa
from idp.mfa.factors import CHANNELS, Factor
from idp.signin import acr
from idp.signin.models import Interaction, SignInExperience
from idp.signin.policies import MFA_POLICIES
from idp.users import identifiers
from idp.users.models import ProfileField, User
from idp.users.profile_answers import is_answered

# The identifiers of somebody whom a passkey named, and of somebody who was signed in already: the value is the person's id.
PASSKEY, SESSION = "passkey", "session"
_PHISHING_RESISTANT = acr.LEVELS.index("phr")


@dataclass
class State:
    """An interaction with the settings it runs under and the person its identifier belongs to."""

    interaction: Interaction
    experience: SignInExperience

    @property
    def kind(self) -> str:
        return str(self.interaction.identifier.get("type", ""))

    @property
    def value(self) -> str:
        return str(self.interaction.identifier.get("value", ""))

    @cached_property
    def owner(self) -> User | None:
        if self.kind in (PASSKEY, SESSION):
            return User.objects.filter(pk=self.value).first() if self.identifier_proved else None
        found: User | None = User.objects.by_identifier(self.kind, self.value) if self.kind else None
        if found is None and self.kind == "username" and not self.experience.usernames.case_sensitive:
            found = User.objects.by_identifier(self.kind, self.value.lower())  # as new ones are stored
        return found

    @property
    def identifier_proved(self) -> bool:
        return bool(self.value) and self.interaction.proofs.get(self.kind) == self.value

    @property
    def identifier_lets_in(self) -> bool:
        """Is the proof of the identifier a way to sign in? A code of sign-up or recovery is none where people sign in by password."""
        if not self.identifier_proved:
            return False
        if (
            self.kind not in identifiers.CODE_KINDS
            or self.created_here
            or self.interaction.proofs.get("link") == self.value
        ):
            return True
        method = self.experience.method_for(self.kind) if self.experience.allows_sign_in else None
        return method is not None and bool(method["verificationCode"])

    @property
    def password_proved(self) -> bool:
        return self.owner is not None and self.interaction.proofs.get("user") == self.owner.pk

    @property
    def uses_password(self) -> bool:
        return self.interaction.draft.get("method") == "password"

    @property
    def must_renew_password(self) -> bool:
        """Signed in by a password that is older than the settings allow."""
        proved = self.uses_password and self.password_proved and not self.created_here
        return proved and self.owner is not None and self.experience.password_has_expired(self.owner)

    @property
    def created_here(self) -> bool:
        """Did this interaction make the account?"""
        return self.owner is not None and self.interaction.proofs.get("created") == self.owner.pk

    @property
    def added(self) -> dict[str, str]:
        """Identifiers beside the first one that a new account will have: {kind: value}."""
        added: dict[str, str] = self.interaction.draft.get("added", {})
        return added

    @property
    def adding(self) -> dict[str, str]:
        """The address that is being proved to be added: {type, value, verification_id}."""
        adding: dict[str, str] = self.interaction.draft.get("adding", {})
        return adding

    @property
    def missing_identifiers(self) -> list[tuple[str, ...]]:
        """Of each group that the account must have one of, those that it has none of."""
        return [group for group in self.experience.required_identifiers if not any(map(self._has, group))]

    def _has(self, kind: str) -> bool:
        if self.owner is not None:
            return bool(getattr(self.owner, identifiers.COLUMNS[kind]))
        return kind == self.kind or kind in self.added

    @property
    def needs_password(self) -> bool:
        if not self.experience.sign_up["password"] or not self.experience.required_identifiers:
            return False
        return "password" not in self.interaction.draft if self.owner is None else not self.owner.has_password

    @cached_property
    def fields_to_ask(self) -> list[ProfileField]:
        """Somebody new is asked everything, once; somebody known what is required and not answered."""
        fields = self.experience.profile_fields
        if self.owner is None:
            return [] if "answers" in self.interaction.draft else fields
        if self.created_here:
            return []
        return [field for field in fields if field.required and not is_answered(self.owner, field)]

    @property
    def missing_profile(self) -> list[str]:
        """What the account still needs, in Logto's words (section 5.6)."""
        groups = [
            "emailOrPhone" if set(group) == {"email", "phone"} else group[0] for group in self.missing_identifiers
        ]
        password = ["password"] if self.needs_password else []
        return [*groups, *password, *(["extraProfile"] if self.fields_to_ask else [])]

    @property
    def mfa_proved(self) -> bool:
        return self.owner is not None and self.interaction.proofs.get("mfa") == self.owner.pk

    @property
    def level_wanted(self) -> int:
        """How strong the application wants the sign-in (idp.signin.acr)."""
        return acr.level_wanted(self.interaction.params["params"].get("acr_values", ""))

    @property
    def is_strong_enough(self) -> bool:
        """Is what was proved here what the application wants?"""
        proofs = self.interaction.proofs
        known = proofs.get("session_amr", []) if self.kind == SESSION else []
        proved = [*proofs["mfa_amr"], "mfa"] if self.mfa_proved else []
        return acr.level_of([*known, *proved]) >= self.level_wanted

    @property
    def device_trusted(self) -> bool:
        """Spares the second factor, and never what an application asks for."""
        trusts = self.owner is not None and self.interaction.proofs.get("trusted") == self.owner.pk
        return trusts and bool(self.experience.trust_days) and not self.level_wanted

    @property
    def is_assessed(self) -> bool:
        return self.owner is not None and self.interaction.proofs.get("assessed") == self.owner.pk

    @property
    def is_spared(self) -> bool:
        """Is the second factor not asked for, although the person has one? Never before anybody looked."""
        if self.experience.is_adaptive and self.is_assessed and not self.level_wanted:
            return not self.interaction.proofs["triggers"] or self.device_trusted
        return self.device_trusted

    @cached_property
    def second_factors(self) -> list[Factor]:
        """What the person can verify with, the preferred first: never the channel that the first proof came by."""
        if self.owner is None:
            return []
        first = None if self.uses_password else self.kind
        enabled = [name for name in self.experience.mfa_factors if CHANNELS.get(Factor(name), "") != first]
        found = mfa.factors_of(self.owner, enabled)
        only_passkeys = self.level_wanted == _PHISHING_RESISTANT and Factor.WEBAUTHN in found
        return [Factor.WEBAUTHN] if only_passkeys else found

    @property
    def new_factors(self) -> list[Factor]:
        """What the person could set up; what the application wants, when it wants something."""
        possible = [Factor.WEBAUTHN] if self.level_wanted == _PHISHING_RESISTANT else [Factor.WEBAUTHN, Factor.TOTP]
        return [factor for factor in possible if factor in self.experience.mfa_factors]

    @property
    def may_skip_setup(self) -> bool:
        return MFA_POLICIES[self.experience.mfa["policy"]][2] and not self.level_wanted

    @property
    def must_verify_mfa(self) -> bool:
        if not self.experience.mfa_factors or self.is_spared:
            return False
        is_done = self.mfa_proved
        if is_done and not self.is_strong_enough:
            is_done = Factor.WEBAUTHN not in self.second_factors  # one that is strong enough is to be set up
        return not is_done and not self._came_with_enough and bool(self.second_factors)

    @property
    def _came_with_enough(self) -> bool:
        """Signed in already with a second factor: of that kind, what the application wants is the only question."""
        return self.kind == SESSION and self.is_strong_enough

    @property
    def must_set_up_mfa(self) -> bool:
        """Asked by the policy, where there is none yet; once, where it may be skipped. Asked by the application, always."""
        at_sign_up, at_sign_in, skippable = MFA_POLICIES[self.experience.mfa["policy"]]
        wanted = at_sign_up if self.created_here else at_sign_in
        if self.level_wanted and self.owner is not None and not self.is_strong_enough:
            return True
        if not self.experience.mfa_factors or not wanted or self.owner is None or self.mfa_proved:
            return False
        if self.is_spared and self.second_factors:
            return False
        return not skippable or (bool(self.new_factors) and not mfa.has_skipped(self.owner))

    @property
    def may_want_passkey(self) -> bool:
        """Offered once to everybody who could sign in with one the next time."""
        if self.kind == SESSION or not self.experience.offers_passkeys:
            return False
        if self.second_factors and not self.mfa_proved:  # whoever was spared a factor does not bind another
            return False
        return self.owner is not None and mfa.wants_passkey(self.owner)

    @property
    def must_keep_backup_codes(self) -> bool:
        """After a factor was bound here, until the person says that they have them."""
        return Factor.BACKUP_CODE in self.experience.mfa_factors and self.interaction.draft.get("bound") == "new"
