"""Composite foreign keys of the tables that came with teamwork, evidence and paper."""

from django.db import migrations

CHILDREN = (
    "sectionassignment",
    "answerflag",
    "guestlink",
    "sectiontime",
    "evidencecitation",
    "paperentry",
)


def add(child: str) -> migrations.RunSQL:
    name = f"reporting_{child}_same_tenant"
    return migrations.RunSQL(
        f"ALTER TABLE reporting_{child} ADD CONSTRAINT {name}"
        " FOREIGN KEY (submission_id, association_id, institution_id)"
        " REFERENCES reporting_submission (id, association_id, institution_id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE reporting_{child} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("reporting", "0008_guidance_teamwork_evidence")]
    operations = [
        *(add(child) for child in CHILDREN),
        # nobody cites the document of another MFI
        migrations.RunSQL(
            "ALTER TABLE reporting_evidencecitation ADD CONSTRAINT reporting_evidencecitation_same_institution"
            " FOREIGN KEY (evidence_id, institution_id)"
            " REFERENCES reporting_evidence (id, institution_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE reporting_evidencecitation DROP CONSTRAINT reporting_evidencecitation_same_institution",
        ),
    ]
