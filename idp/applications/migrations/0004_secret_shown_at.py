from django.db import migrations, models


class Migration(migrations.Migration):
    """A secret of before can be seen once more."""

    dependencies = [("applications", "0003_secret_last_used_at")]

    operations = [
        migrations.AddField(
            model_name="applicationsecret",
            name="shown_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
