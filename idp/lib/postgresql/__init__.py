"""Django's PostgreSQL, whose check before each request costs no statement."""
