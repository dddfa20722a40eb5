"""What the server has heard from each opened page of a return."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_keys_and_reminders'),
        ('reporting', '0009_tenancy_of_guidance'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OpenPage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('heard', models.JSONField(default=dict, verbose_name='heard')),
                ('heard_at', models.DateTimeField(verbose_name='last heard at')),
                ('association', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.association')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.institution')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='open_pages', to='reporting.submission', verbose_name='return')),
            ],
            options={
                'verbose_name': 'opened page',
                'verbose_name_plural': 'opened pages',
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE reporting_openpage ADD CONSTRAINT reporting_openpage_same_tenant"
            " FOREIGN KEY (submission_id, association_id, institution_id)"
            " REFERENCES reporting_submission (id, association_id, institution_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE reporting_openpage DROP CONSTRAINT reporting_openpage_same_tenant",
        ),
    ]
