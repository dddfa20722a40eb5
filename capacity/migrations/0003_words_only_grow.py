"""Words about plan items and steps of obligations can neither change nor go."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from spm_portal.common.migrating import together


class Migration(migrations.Migration):

    dependencies = [
        ('capacity', '0002_tenancy'),
    ]

    operations = together([
        pgtrigger.migrations.AddTrigger(
            model_name='obligationstep',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='273146bd3da6ae781de11ac5eace31a61a35413c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ac158', table='capacity_obligationstep', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='planupdate',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f8dd934e8965ae48faaa8abedbeb546798e0a5aa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cad48', table='capacity_planupdate', when='BEFORE')),
        ),
    ])
