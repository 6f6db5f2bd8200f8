from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """The parameters of idp.users.hashers."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1
