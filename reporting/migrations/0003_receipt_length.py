"""Room for a receipt number that names the association and counts resubmissions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_tenancy")]
    operations = [
        migrations.AlterField(
            model_name="submission",
            name="receipt_number",
            field=models.CharField(blank=True, max_length=48, verbose_name="receipt number"),
        ),
        migrations.AlterField(
            model_name="submissionevent",
            name="receipt_number",
            field=models.CharField(blank=True, max_length=48, verbose_name="receipt number"),
        ),
    ]
