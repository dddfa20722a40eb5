"""A move of its own for the first of two signatures."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0006_tenancy_of_questions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='transition',
            name='move',
            field=models.CharField(choices=[('submit', 'Submit'), ('sign', 'Sign as the first of two'), ('start_review', 'Start review'), ('send_back', 'Return to the MFI'), ('approve', 'Approve'), ('reopen', 'Re-open')], max_length=16, verbose_name='move'),
        ),
    ]
