"""A second factor that is set up while somebody signs in, or declined, and the backup codes that come with it.

What the API names is in the interaction's draft until it is bound: `totp`, `bound` ("new", then "kept") and `backup_codes`.
"""

from django.db import transaction

from idp.lib.encryption import decrypt, encrypt
from idp.lib.ids import standard_id
from idp.mfa import services as mfa
from idp.mfa import totp
from idp.mfa.errors import FactorNotEnabled
from idp.mfa.factors import AMR, Factor, account_name
from idp.signin import flow, second_factor
from idp.signin.errors import BackupCodesAlone, NothingPending, NotProved, SetupNotSkippable
from idp.signin.flow import Step
from idp.signin.models import Interaction, SignInExperience
from idp.signin.state import State
from idp.users.errors import UserSuspended
from idp.users.models import User


def start_totp(interaction: Interaction, experience: SignInExperience) -> tuple[str, totp.NewApp]:
    """The authenticator app that is being set up here, the same one until it is bound, after the name of its proof.

    Raises NotProved, FactorNotEnabled, UserSuspended.
    """
    user = person_setting_up(interaction, experience, Factor.TOTP)
    noted = interaction.draft.get("totp")
    if not noted:
        noted = {"id": standard_id(), "secret": encrypt(mfa.start_totp())}
        _note(interaction, totp=noted)
    return noted["id"], totp.new_app(decrypt(noted["secret"]), account=account_name(user))


def check_new_totp(interaction: Interaction, experience: SignInExperience, *, digits: str) -> str:
    """Does the new app show the right code? Returns the name of the proof. Raises NothingPending, InvalidTotpCode."""
    person_setting_up(interaction, experience, Factor.TOTP)
    noted = interaction.draft.get("totp")
    if not noted:
        raise NothingPending
    step = mfa.check_new_totp(decrypt(noted["secret"]), digits)
    _note(interaction, totp={**noted, "step": step})
    return str(noted["id"])


def bind_totp(interaction: Interaction, experience: SignInExperience) -> None:
    """Bind the app whose code was right: it is the person's second factor, and proved. Raises NothingPending, TotpInUse."""
    user = person_setting_up(interaction, experience, Factor.TOTP)
    noted = interaction.draft.get("totp", {})
    if "step" not in noted:
        raise NothingPending
    with transaction.atomic():
        mfa.confirm_totp(by=user.audit_name, user=user, secret=decrypt(noted["secret"]), step=noted["step"])
        interaction.draft = {**interaction.draft, "totp": {}}
        note_bound(interaction, user, Factor.TOTP, AMR[Factor.TOTP])


def note_bound(interaction: Interaction, user: User, factor: Factor, amr: list[str]) -> None:
    """A factor that was bound here is proved; backup codes come next, unless the person has some. In the transaction."""
    if not mfa.backup_codes_left(user):
        interaction.draft = {**interaction.draft, "bound": "new"}
    interaction.proofs = {**interaction.proofs, **second_factor.proof(user, factor, amr)}
    _save(interaction, "draft", "proofs")
    mfa.remember_use(user, factor)


def enable_mfa(interaction: Interaction, experience: SignInExperience) -> None:
    """The person wants a second factor although they once declined. Raises NotProved."""
    owner = State(interaction, experience).owner
    if owner is None or flow.next_step(interaction, experience) not in flow.AFTER_FIRST_PROOF:
        raise NotProved
    mfa.undo_skip(by=owner.audit_name, user=owner)


def skip_suggestion(interaction: Interaction, experience: SignInExperience) -> None:
    """The person is content with the factors that they have. Raises NotProved."""
    owner = State(interaction, experience).owner
    if owner is None or flow.next_step(interaction, experience) not in flow.AFTER_FIRST_PROOF:
        raise NotProved
    mfa.skip_suggestion(by=owner.audit_name, user=owner)


def skip_setup(interaction: Interaction, experience: SignInExperience) -> None:
    """The person does not want a second factor, now and later. Raises NotProved, SetupNotSkippable."""
    state = State(interaction, experience)
    if flow.next_step(interaction, experience) is not Step.MFA_SETUP or state.owner is None:
        raise NotProved
    if not state.may_skip_setup:
        raise SetupNotSkippable
    mfa.skip_setup(by=state.owner.audit_name, user=state.owner)


def backup_codes(interaction: Interaction, experience: SignInExperience) -> tuple[str, list[str]]:
    """The person's new backup codes with the name of the set: the same ones until they say that they have them.

    Raises BackupCodesAlone when no factor was bound here.
    """
    user = _person_with_new_factor(interaction, experience)
    noted = interaction.draft.get("backup_codes")
    if not noted:
        with transaction.atomic():
            codes = mfa.generate_backup_codes(by=user.audit_name, user=user)
            noted = {"id": standard_id(), "codes": encrypt(" ".join(codes))}
            _note(interaction, backup_codes=noted)
    return noted["id"], decrypt(noted["codes"]).split()


def keep_backup_codes(interaction: Interaction, experience: SignInExperience) -> None:
    """The person has their codes: nobody sees them again. Raises BackupCodesAlone, NothingPending."""
    _person_with_new_factor(interaction, experience)
    if not interaction.draft.get("backup_codes"):
        raise NothingPending
    _note(interaction, bound="kept", backup_codes={})


def person_setting_up(interaction: Interaction, experience: SignInExperience, factor: Factor) -> User:
    """Who is asked to set a factor up. Raises NotProved, FactorNotEnabled, UserSuspended."""
    state = State(interaction, experience)
    if flow.next_step(interaction, experience) is not Step.MFA_SETUP or state.owner is None:
        raise NotProved
    if factor not in state.new_factors:
        raise FactorNotEnabled
    if state.owner.is_suspended:
        raise UserSuspended
    return state.owner


def _person_with_new_factor(interaction: Interaction, experience: SignInExperience) -> User:
    state = State(interaction, experience)
    if flow.next_step(interaction, experience) is not Step.BACKUP_CODES or state.owner is None:
        raise BackupCodesAlone
    if state.owner.is_suspended:
        raise UserSuspended
    return state.owner


def _note(interaction: Interaction, **notes: object) -> None:
    interaction.draft = {**interaction.draft, **notes}
    _save(interaction, "draft")


def _save(interaction: Interaction, *fields: str) -> None:
    interaction.save(update_fields=fields)
