from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from idp.lib import phones
from idp.lib.encryption import EncryptedJSONField
from idp.lib.ids import short_id, standard_id
from idp.users import finding, identifiers


class StaffRole(models.TextChoices):
    """What an administrator may do; `roles.GRANTED` says what each means."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Administrator"
    AUDITOR = "auditor", "Read-only"
    SUPPORT = "support", "Support"


class UserQuerySet(models.QuerySet["User"]):
    def by_identifier(self, kind: str, value: str) -> "User | None":
        """The person with this username, email or phone (digits); a phone is also found by its other spelling."""
        if kind == "phone":
            spellings = phones.spellings(value)
            found = {user.primary_phone: user for user in self.filter(primary_phone__in=spellings)}
            return next((found[spelling] for spelling in spellings if spelling in found), None)
        return self.filter(**{identifiers.COLUMNS[kind]: value.lower() if kind == "email" else value}).first()

    def named(self, text: str) -> "User | None":
        """Whoever has this id, email address, username or phone number, however the number is written."""
        found = self.filter(pk=text).first() or self.by_identifier("email" if "@" in text else "username", text)
        if found or "@" in text:
            return found
        try:
            return self.by_identifier("phone", phones.parse(text))
        except phones.InvalidPhoneNumber:
            return None

    def search(self, text: str) -> "UserQuerySet":
        """Those with this text in their name or an identifier; see `finding.matching`."""
        return finding.matching(self, text)

    def wanted(self, by: finding.UserFilter) -> "UserQuerySet":
        found = self.search(by.text) if by.text else self
        conditions = {
            "is_suspended": by.suspended, "application_id": by.application or None,
            "last_sign_in_at__isnull": None if by.has_signed_in is None else not by.has_signed_in,
            "created_at__gte": by.since, "created_at__lt": by.until,
        }  # fmt: skip
        return found.filter(**{name: value for name, value in conditions.items() if value is not None})

    def page(self, size: int, *, before: "User | None" = None, after: "User | None" = None) -> finding.UserPage:
        return finding.page(self, size, before=before, after=after)

    def walk(self, *, batch: int = 500) -> Iterator["User"]:
        """Everybody, newest first, one batch in memory at a time."""
        users = finding.page(self, batch).users
        while users:
            yield from users
            users = finding.page(self, batch, before=users[-1]).users if len(users) == batch else []

    def have_signed_in(self) -> "UserQuerySet":
        """To an application, not to the console."""
        return self.filter(last_sign_in_at__isnull=False)

    def administrators(self) -> "UserQuerySet":
        return self.filter(is_staff=True)

    def owners(self) -> "UserQuerySet":
        """Those who can use what only owners may."""
        return self.filter(staff_role=StaffRole.OWNER, is_suspended=False)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(username=username)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person. At least one of username, email and phone is set; each belongs to one person only.

    The phone is digits with country code and no plus; the email is lower case. `profile` holds the OpenID Connect profile
    claims in camelCase (givenName, familyName, …), `custom_data` whatever the apps keep.
    """

    id = models.CharField(primary_key=True, max_length=12, default=short_id, editable=False)
    username = models.CharField(max_length=128, unique=True, null=True, blank=True)
    primary_email = models.CharField(max_length=254, unique=True, null=True, blank=True)
    primary_phone = models.CharField(max_length=32, unique=True, null=True, blank=True)
    password = models.CharField(max_length=1024, blank=True, default="")
    password_updated_at = models.DateTimeField(null=True, blank=True, editable=False)
    name = models.CharField(max_length=128, null=True, blank=True)
    avatar = models.URLField(max_length=2048, null=True, blank=True)
    profile = models.JSONField(default=dict, blank=True)
    custom_data = models.JSONField(default=dict, blank=True)
    is_suspended = models.BooleanField(default=False)
    is_staff = models.BooleanField("administrator", default=False)
    staff_role = models.CharField(
        "role", max_length=16, choices=StaffRole.choices, blank=True, default="", db_index=True
    )
    staff_epoch = models.PositiveIntegerField(default=0, editable=False)  # one more ends every session of the console
    application_id = models.CharField(max_length=21, blank=True, default="", editable=False)  # where they signed up
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    last_login = models.DateTimeField(null=True, blank=True, editable=False)  # of the staff session

    objects: ClassVar[Any] = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(is_staff=False, staff_role="")
                | (models.Q(is_staff=True) & ~models.Q(staff_role="")),
                name="staff_have_a_role",
            ),
        ]
        # One for each way to read them newest first; `search_index` has the one for texts.
        indexes: ClassVar = [
            models.Index(fields=["created_at", "id"], name="user_newest"),
            models.Index(fields=["application_id", "created_at", "id"], name="user_application"),
            models.Index(fields=["created_at", "id"], condition=models.Q(is_suspended=True), name="user_suspended"),
            models.Index(fields=["created_at", "id"], condition=models.Q(last_sign_in_at=None), name="user_never"),
        ]

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.display_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, of password and epoch: a session whose hash is another one has ended."""
        value = f"{self.password}:{self.staff_epoch}"
        return salted_hmac("idp.users.staff_session", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return not self.is_suspended

    @property
    def has_password(self) -> bool:
        return bool(self.password) and self.has_usable_password()

    @property
    def display_name(self) -> str:
        named = self.name or self.username or self.primary_email
        return named or (phones.readable(self.primary_phone) if self.primary_phone else "") or self.pk

    @property
    def audit_name(self) -> str:
        return f"user:{self.pk}"

    def may_change(self, person: "User") -> bool:
        """An administrator is changed by owners only, or whoever may help people could help themselves to an owner's account."""
        return self.staff_role == StaffRole.OWNER or not person.is_staff


class ProfileField(models.Model):
    """Something that people are asked about themselves at sign-up (Logto's custom profile field, section 4.3).

    `name` is a key of the profile (`birthdate`, `address`), a column (`name`, `avatar`), `fullname`, or a key of one's own
    in `custom_data`. `config` holds what its type knows: {placeholder, minLength, maxLength, minValue, maxValue, format,
    customFormat, options: [{label, value}], parts: [{name, required}], defaultValue}. `labels` has the label in other
    languages: {de: "Firma"}.
    """

    class Type(models.TextChoices):
        TEXT = "Text"
        NUMBER = "Number"
        DATE = "Date"
        CHECKBOX = "Checkbox"
        SELECT = "Select"
        URL = "Url", "Web address"
        REGEX = "Regex", "Text of a pattern"
        ADDRESS = "Address"
        FULLNAME = "Fullname", "Full name"

    name = models.CharField(primary_key=True, max_length=64)
    type = models.CharField(max_length=16, choices=Type.choices)
    label = models.CharField(max_length=128)
    labels = models.JSONField(default=dict, blank=True)
    description = models.CharField(max_length=256, blank=True, default="")
    required = models.BooleanField(default=False)
    config = models.JSONField(default=dict, blank=True)
    sie_order = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["sie_order", "created_at", "name"]

    def __str__(self) -> str:
        return self.label

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Of an address or a full name: [{name, required}]."""
        default = DEFAULT_PARTS.get(self.type, ())
        parts: list[dict[str, Any]] = self.config.get("parts") or [
            {"name": name, "required": False} for name in default
        ]
        return parts

    def label_in(self, language: str) -> str:
        """In this language (`de-at`, else `de`), or as it was written."""
        return str(self.labels.get(language) or self.labels.get(language.partition("-")[0]) or self.label)


DEFAULT_PARTS = {
    "Fullname": ("givenName", "familyName"),
    "Address": ("streetAddress", "postalCode", "locality", "region", "country"),
}


class Installation(models.Model):
    """One row at most: it exists from the moment this installation has (had) an administrator.

    `staff_factor_required`: nobody gets into the console or the data browser without a second factor.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    staff_factor_required = models.BooleanField(default=False, db_default=False, editable=False)
    claimed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"claimed at {self.claimed_at}"

    @classmethod
    def is_claimed(cls) -> bool:
        return cls.objects.exists()

    @classmethod
    def claim(cls) -> bool:
        """True for the one caller that inserts the row."""
        try:
            with transaction.atomic():
                cls(pk=1).save(force_insert=True)
        except IntegrityError:
            return False
        return True


class UserImport(models.Model):
    """A file of people to be added, row by row, by the background worker.

    `rows` are what the file said: [{column: text}]. `mapping` says what each column is (`importing.TARGETS`). `position` is
    how many rows are done; `problems` are [[number of the row, sentence]], the first thousand.
    """

    class Status(models.TextChoices):
        DRAFT = "draft"
        RUNNING = "running"
        DONE = "done"

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    name = models.CharField(max_length=200)  # of the file
    by = models.CharField(max_length=80)
    rows = EncryptedJSONField(default=list)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    problems = EncryptedJSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A link that makes somebody an administrator, once. The token itself is not kept; `invited_by` is an audit name."""

    id = models.CharField(primary_key=True, max_length=12, default=short_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256
    email = models.CharField(max_length=254)
    role = models.CharField(max_length=16, choices=StaffRole.choices)
    invited_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True, blank=True)  # accepted, or taken back
    # The reference of the e-mail with the link; empty when it was shown to whoever invited. `lost_at`: it was not sent after all.
    message = models.CharField(max_length=21, blank=True, default="", db_default="", db_index=True)
    lost_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation of {self.email}"


class StaffSession(models.Model):
    """A browser that is signed in to the console. Django's session there holds this id and is worth nothing without it.

    `auth_hash` is Django's, of the password and epoch that the session began with: with another one it has ended.
    """

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_sessions")
    auth_hash = models.CharField(max_length=64)
    address = models.CharField(max_length=64, blank=True, default="")
    user_agent = models.CharField(max_length=400, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"session {self.pk}"


class ApiKey(models.Model):
    """What a script of an administrator calls the Management API with, as that administrator. The key itself is not kept."""

    id = models.CharField(primary_key=True, max_length=12, default=short_id, editable=False)
    administrator = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)  # SHA-256 of the whole key
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the minute

    class Meta:
        verbose_name = "API key"
        ordering: ClassVar = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()
