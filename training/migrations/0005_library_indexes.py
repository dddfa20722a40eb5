"""Indexes for what the shelf asks of each library: its languages, and its links that do not work."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0004_how_works_belong_together'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='workversion',
            index=models.Index(fields=['association', 'language'], name='work_version_languages'),
        ),
        migrations.AddIndex(
            model_name='workversion',
            index=models.Index(condition=models.Q(('link_state', 'broken')), fields=['association'], name='work_version_broken'),
        ),
    ]
