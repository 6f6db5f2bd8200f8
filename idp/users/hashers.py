from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id with 19 MiB, 2 passes, 1 lane (OWASP's minimum): about 25 ms a password, and 19 MiB only while it runs."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1
