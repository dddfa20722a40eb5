"""Composite foreign keys: a row can never hang on a parent of another association or institution."""

from django.db import migrations

PARENTS = [
    # child table, its columns, parent table, the parent's columns
    ("reporting_submission", "round_id, association_id", "reporting_round", "id, association_id"),
    ("reporting_release", "round_id, association_id", "reporting_round", "id, association_id"),
    *(
        (
            f"reporting_{child}",
            "submission_id, association_id, institution_id",
            "reporting_submission",
            "id, association_id, institution_id",
        )
        for child in ("answer", "attachment", "explanation", "transition")
    ),
]


def add(child: str, columns: str, parent: str, parent_columns: str) -> migrations.RunSQL:
    name = f"{child}_same_tenant"
    return migrations.RunSQL(
        f"ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY ({columns})"
        f" REFERENCES {parent} ({parent_columns}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]
    operations = [add(*parent) for parent in PARENTS]
