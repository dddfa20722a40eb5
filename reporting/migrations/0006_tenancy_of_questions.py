"""Composite foreign keys of the tables that came with questions, workbooks and deadlines."""

from django.db import migrations

CHILDREN = ("question", "questionmessage", "extension", "reminder", "workbookupload")


def add(child: str) -> migrations.RunSQL:
    name = f"reporting_{child}_same_tenant"
    return migrations.RunSQL(
        f"ALTER TABLE reporting_{child} ADD CONSTRAINT {name}"
        " FOREIGN KEY (submission_id, association_id, institution_id)"
        " REFERENCES reporting_submission (id, association_id, institution_id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE reporting_{child} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("reporting", "0005_questions_workbooks_deadlines")]
    operations = [add(child) for child in CHILDREN]
