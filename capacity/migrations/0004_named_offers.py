"""Donors say whether other donors who see an item may read that they pay for it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from spm_portal.common.migrating import together


class Migration(migrations.Migration):

    dependencies = [
        ('capacity', '0003_words_only_grow'),
    ]

    operations = together([
        pgtrigger.migrations.RemoveTrigger(
            model_name='supportoffer',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='supportoffer',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='supportoffer',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='supportoffer',
            name='is_named',
            field=models.BooleanField(default=True, verbose_name='named to other donors who see the item'),
        ),
        migrations.AddField(
            model_name='supportofferevent',
            name='is_named',
            field=models.BooleanField(default=True, verbose_name='named to other donors who see the item'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supportoffer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "capacity_supportofferevent" ("amount", "answer", "answered_at", "answered_by_id", "association_id", "conditions", "currency", "donor_id", "ends_on", "id", "is_named", "item_id", "offered_at", "offered_by_id", "outcome", "outcome_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "state", "support_area") VALUES (NEW."amount", NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."association_id", NEW."conditions", NEW."currency", NEW."donor_id", NEW."ends_on", NEW."id", NEW."is_named", NEW."item_id", NEW."offered_at", NEW."offered_by_id", NEW."outcome", NEW."outcome_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on", NEW."state", NEW."support_area"); RETURN NULL;', hash='1b324400a4a824daea86b4011d73267c92d196f3', operation='INSERT', pgid='pgtrigger_insert_insert_342a0', table='capacity_supportoffer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supportoffer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "capacity_supportofferevent" ("amount", "answer", "answered_at", "answered_by_id", "association_id", "conditions", "currency", "donor_id", "ends_on", "id", "is_named", "item_id", "offered_at", "offered_by_id", "outcome", "outcome_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "state", "support_area") VALUES (NEW."amount", NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."association_id", NEW."conditions", NEW."currency", NEW."donor_id", NEW."ends_on", NEW."id", NEW."is_named", NEW."item_id", NEW."offered_at", NEW."offered_by_id", NEW."outcome", NEW."outcome_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on", NEW."state", NEW."support_area"); RETURN NULL;', hash='e5570d811523df970dffaa685b5659c4792a6ae8', operation='UPDATE', pgid='pgtrigger_update_update_f3edb', table='capacity_supportoffer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supportoffer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "capacity_supportofferevent" ("amount", "answer", "answered_at", "answered_by_id", "association_id", "conditions", "currency", "donor_id", "ends_on", "id", "is_named", "item_id", "offered_at", "offered_by_id", "outcome", "outcome_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "state", "support_area") VALUES (OLD."amount", OLD."answer", OLD."answered_at", OLD."answered_by_id", OLD."association_id", OLD."conditions", OLD."currency", OLD."donor_id", OLD."ends_on", OLD."id", OLD."is_named", OLD."item_id", OLD."offered_at", OLD."offered_by_id", OLD."outcome", OLD."outcome_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."starts_on", OLD."state", OLD."support_area"); RETURN NULL;', hash='38ba6a4ea0a2a443abd4cc40afa1b68a85ed06f8', operation='DELETE', pgid='pgtrigger_delete_delete_e62b2', table='capacity_supportoffer', when='AFTER')),
        ),
    ])
