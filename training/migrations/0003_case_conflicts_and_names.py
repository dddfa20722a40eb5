"""An expert is chosen in spite of a conflict with a reason, and is told the name of the MFI where staff say so."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from spm_portal.common.migrating import together


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0002_tenancy'),
    ]

    operations = together([
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='casecall',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='casecall',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='casecall',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='case',
            name='conflict_reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='why this expert in spite of a conflict of interest'),
        ),
        migrations.AddField(
            model_name='casecall',
            name='names_member',
            field=models.BooleanField(default=False, verbose_name='names the MFI to the expert'),
        ),
        migrations.AddField(
            model_name='casecallevent',
            name='names_member',
            field=models.BooleanField(default=False, verbose_name='names the MFI to the expert'),
        ),
        migrations.AddField(
            model_name='caseevent',
            name='conflict_reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='why this expert in spite of a conflict of interest'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "training_caseevent" ("association_id", "budget", "conflict_reason", "contract_amount", "contract_file", "contract_name", "contract_number", "contract_on", "contract_type", "currency", "days", "diagnosed_at", "diagnosis", "diagnosis_form", "end_reason", "ended_at", "ends_on", "expert_id", "findings", "follow_up_on", "followed_up_at", "id", "indicators", "institution_id", "need_id", "number", "objectives", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "request", "requested_at", "requested_by_id", "scope", "selection_reason", "stage", "starts_on", "subsidy_share", "title", "topic") VALUES (NEW."association_id", NEW."budget", NEW."conflict_reason", NEW."contract_amount", NEW."contract_file", NEW."contract_name", NEW."contract_number", NEW."contract_on", NEW."contract_type", NEW."currency", NEW."days", NEW."diagnosed_at", NEW."diagnosis", NEW."diagnosis_form", NEW."end_reason", NEW."ended_at", NEW."ends_on", NEW."expert_id", NEW."findings", NEW."follow_up_on", NEW."followed_up_at", NEW."id", NEW."indicators", NEW."institution_id", NEW."need_id", NEW."number", NEW."objectives", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."request", NEW."requested_at", NEW."requested_by_id", NEW."scope", NEW."selection_reason", NEW."stage", NEW."starts_on", NEW."subsidy_share", NEW."title", NEW."topic"); RETURN NULL;', hash='826cb66f79b55136b914eb9ac5e2a8a43576fd0f', operation='INSERT', pgid='pgtrigger_insert_insert_97305', table='training_case', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "training_caseevent" ("association_id", "budget", "conflict_reason", "contract_amount", "contract_file", "contract_name", "contract_number", "contract_on", "contract_type", "currency", "days", "diagnosed_at", "diagnosis", "diagnosis_form", "end_reason", "ended_at", "ends_on", "expert_id", "findings", "follow_up_on", "followed_up_at", "id", "indicators", "institution_id", "need_id", "number", "objectives", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "request", "requested_at", "requested_by_id", "scope", "selection_reason", "stage", "starts_on", "subsidy_share", "title", "topic") VALUES (NEW."association_id", NEW."budget", NEW."conflict_reason", NEW."contract_amount", NEW."contract_file", NEW."contract_name", NEW."contract_number", NEW."contract_on", NEW."contract_type", NEW."currency", NEW."days", NEW."diagnosed_at", NEW."diagnosis", NEW."diagnosis_form", NEW."end_reason", NEW."ended_at", NEW."ends_on", NEW."expert_id", NEW."findings", NEW."follow_up_on", NEW."followed_up_at", NEW."id", NEW."indicators", NEW."institution_id", NEW."need_id", NEW."number", NEW."objectives", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."request", NEW."requested_at", NEW."requested_by_id", NEW."scope", NEW."selection_reason", NEW."stage", NEW."starts_on", NEW."subsidy_share", NEW."title", NEW."topic"); RETURN NULL;', hash='07d160575df12b27bff65f80f9817a77b56a06ff', operation='UPDATE', pgid='pgtrigger_update_update_73551', table='training_case', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "training_caseevent" ("association_id", "budget", "conflict_reason", "contract_amount", "contract_file", "contract_name", "contract_number", "contract_on", "contract_type", "currency", "days", "diagnosed_at", "diagnosis", "diagnosis_form", "end_reason", "ended_at", "ends_on", "expert_id", "findings", "follow_up_on", "followed_up_at", "id", "indicators", "institution_id", "need_id", "number", "objectives", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "request", "requested_at", "requested_by_id", "scope", "selection_reason", "stage", "starts_on", "subsidy_share", "title", "topic") VALUES (OLD."association_id", OLD."budget", OLD."conflict_reason", OLD."contract_amount", OLD."contract_file", OLD."contract_name", OLD."contract_number", OLD."contract_on", OLD."contract_type", OLD."currency", OLD."days", OLD."diagnosed_at", OLD."diagnosis", OLD."diagnosis_form", OLD."end_reason", OLD."ended_at", OLD."ends_on", OLD."expert_id", OLD."findings", OLD."follow_up_on", OLD."followed_up_at", OLD."id", OLD."indicators", OLD."institution_id", OLD."need_id", OLD."number", OLD."objectives", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."request", OLD."requested_at", OLD."requested_by_id", OLD."scope", OLD."selection_reason", OLD."stage", OLD."starts_on", OLD."subsidy_share", OLD."title", OLD."topic"); RETURN NULL;', hash='b835d9c8c540bcd12b9c5328a2cfb4c3fff00110', operation='DELETE', pgid='pgtrigger_delete_delete_e7e4f', table='training_case', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='casecall',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "training_casecallevent" ("answer", "answer_by", "answered_at", "asked_at", "association_id", "case_id", "conflict", "day_rate", "expert_id", "id", "names_member", "no_conflict", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "words") VALUES (NEW."answer", NEW."answer_by", NEW."answered_at", NEW."asked_at", NEW."association_id", NEW."case_id", NEW."conflict", NEW."day_rate", NEW."expert_id", NEW."id", NEW."names_member", NEW."no_conflict", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."words"); RETURN NULL;', hash='c258b5e80876778514fda052fe641af8246bbdb7', operation='INSERT', pgid='pgtrigger_insert_insert_4c38f', table='training_casecall', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='casecall',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."answer_by" IS DISTINCT FROM (NEW."answer_by") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."association_id" IS DISTINCT FROM (NEW."association_id") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."conflict" IS DISTINCT FROM (NEW."conflict") OR OLD."day_rate" IS DISTINCT FROM (NEW."day_rate") OR OLD."expert_id" IS DISTINCT FROM (NEW."expert_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."names_member" IS DISTINCT FROM (NEW."names_member") OR OLD."no_conflict" IS DISTINCT FROM (NEW."no_conflict") OR OLD."words" IS DISTINCT FROM (NEW."words"))', func='INSERT INTO "training_casecallevent" ("answer", "answer_by", "answered_at", "asked_at", "association_id", "case_id", "conflict", "day_rate", "expert_id", "id", "names_member", "no_conflict", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "words") VALUES (NEW."answer", NEW."answer_by", NEW."answered_at", NEW."asked_at", NEW."association_id", NEW."case_id", NEW."conflict", NEW."day_rate", NEW."expert_id", NEW."id", NEW."names_member", NEW."no_conflict", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."words"); RETURN NULL;', hash='f5572ac1a4dbb493da0a83cf792d6b715c659775', operation='UPDATE', pgid='pgtrigger_update_update_29b85', table='training_casecall', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='casecall',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "training_casecallevent" ("answer", "answer_by", "answered_at", "asked_at", "association_id", "case_id", "conflict", "day_rate", "expert_id", "id", "names_member", "no_conflict", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "words") VALUES (OLD."answer", OLD."answer_by", OLD."answered_at", OLD."asked_at", OLD."association_id", OLD."case_id", OLD."conflict", OLD."day_rate", OLD."expert_id", OLD."id", OLD."names_member", OLD."no_conflict", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."words"); RETURN NULL;', hash='5a1d8d68526a2b15ca5d28098fe0556072f83476', operation='DELETE', pgid='pgtrigger_delete_delete_8f8d7', table='training_casecall', when='AFTER')),
        ),
    ])
