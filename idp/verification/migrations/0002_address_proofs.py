from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("verification", "0001_initial"),
    ]

    operations = [
        migrations.RenameField(model_name="personproof", old_name="session_id", new_name="name"),
        migrations.CreateModel(
            name="AddressProof",
            fields=[
                ("name", models.CharField(max_length=21, primary_key=True, serialize=False)),
                ("user_id", models.CharField(db_index=True, max_length=12)),
                ("channel", models.CharField(max_length=8)),
                ("recipient", models.CharField(max_length=254)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
