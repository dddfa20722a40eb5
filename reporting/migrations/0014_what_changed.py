"""Comparisons of participants’ institutions with the others, frozen once they were made."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from spm_portal.common.migrating import together


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0003_editions"),
        ("reporting", "0013_kept_figures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together(
        [
            migrations.CreateModel(
                name="WhatChanged",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("sets", models.JSONField(default=list, verbose_name="who took part")),
                    ("cells", models.JSONField(default=list, verbose_name="figures")),
                    ("made_at", models.DateTimeField(verbose_name="made at")),
                    (
                        "after",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="what_changed",
                            to="reporting.release",
                            verbose_name="edition after",
                        ),
                    ),
                    (
                        "association",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="members.association",
                        ),
                    ),
                    (
                        "before",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="reporting.release",
                            verbose_name="edition before",
                        ),
                    ),
                    (
                        "made_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="made by",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "comparison of what changed",
                    "verbose_name_plural": "comparisons of what changed",
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="whatchanged",
                trigger=pgtrigger.compiler.Trigger(
                    name="frozen",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                        hash="1f5ea1ac5bdea5cf6ef45f131e8910900950c774",
                        operation="UPDATE OR DELETE",
                        pgid="pgtrigger_frozen_678d6",
                        table="reporting_whatchanged",
                        when="BEFORE",
                    ),
                ),
            ),
        ]
    ) + [
        # before and after are editions of the same association
        migrations.RunSQL(
            "ALTER TABLE reporting_release ADD CONSTRAINT reporting_release_of_association UNIQUE (id, association_id)",
            "ALTER TABLE reporting_release DROP CONSTRAINT reporting_release_of_association",
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE reporting_whatchanged ADD CONSTRAINT reporting_whatchanged_{side}_same_tenant"
                f" FOREIGN KEY ({side}_id, association_id)"
                " REFERENCES reporting_release (id, association_id) DEFERRABLE INITIALLY DEFERRED",
                f"ALTER TABLE reporting_whatchanged DROP CONSTRAINT reporting_whatchanged_{side}_same_tenant",
            )
            for side in ("before", "after")
        ),
    ]
