"""Most kinds of event have one outcome only. PostgreSQL takes the two for independent unless it is told to count them together, and
then looks for sign-ins that failed among everything that failed.
"""

from typing import Any

from django.db import migrations


def count_together(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE STATISTICS IF NOT EXISTS event_key_outcome (mcv) ON key, succeeded FROM audit_event"
        )
        schema_editor.execute("ANALYZE audit_event")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_ways_to_read")]
    operations = [migrations.RunPython(count_together, migrations.RunPython.noop)]
