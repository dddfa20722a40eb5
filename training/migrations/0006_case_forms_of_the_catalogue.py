"""A case may keep a section of the catalogue as its form: such a key names a version and the section."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0005_library_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="diagnosis_form",
            field=models.CharField(blank=True, max_length=120, verbose_name="form of the diagnosis"),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="diagnosis_form",
            field=models.CharField(blank=True, max_length=120, verbose_name="form of the diagnosis"),
        ),
    ]
