"""Composite foreign keys of the tables that came with editions, consents and replies."""

from django.db import migrations

OF_A_ROUND = ("replywindow", "chaptertext", "story", "reportplan", "valueconsent")


def of_a_round(child: str) -> migrations.RunSQL:
    name = f"reporting_{child}_same_tenant"
    return migrations.RunSQL(
        f"ALTER TABLE reporting_{child} ADD CONSTRAINT {name}"
        " FOREIGN KEY (round_id, association_id)"
        " REFERENCES reporting_round (id, association_id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE reporting_{child} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("reporting", "0011_editions_consents_peers")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE reporting_reply ADD CONSTRAINT reporting_reply_same_tenant"
            " FOREIGN KEY (submission_id, association_id, institution_id)"
            " REFERENCES reporting_submission (id, association_id, institution_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE reporting_reply DROP CONSTRAINT reporting_reply_same_tenant",
        ),
        *(of_a_round(child) for child in OF_A_ROUND),
    ]
