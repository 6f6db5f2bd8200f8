"""What the pictures and their data agree on, without Django."""

ADMINISTRATOR, PASSWORD = "grace", "a compiler for everyone"
CAPACITOR = "bookstorenative000001"
