"""Composite foreign keys: a row can never hang on a parent of another association, donor or assessment."""

from django.db import migrations

OF_AN_ASSESSMENT = ("rater", "score", "consensus", "outsideview", "proof", "planitem")
KEYS = [
    # child, its columns, parent, the parent's columns
    *((child, "assessment_id, association_id", "assessment", "id, association_id") for child in OF_AN_ASSESSMENT),
    *((child, "rater_id, assessment_id", "rater", "id, assessment_id") for child in ("score", "proof")),
    *(
        (child, "item_id, association_id", "planitem", "id, association_id")
        for child in ("planupdate", "planshare", "supportoffer")
    ),
    ("planitem", "depends_on_id, association_id", "planitem", "id, association_id"),
    ("workline", "plan_item_id, association_id", "planitem", "id, association_id"),
    ("workline", "goal_id, association_id", "strategygoal", "id, association_id"),
    ("ambassadorevent", "initiative_id, association_id", "initiative", "id, association_id"),
    *(
        (child, "offer_id, association_id, donor_id", "supportoffer", "id, association_id, donor_id")
        for child in ("instalment", "obligation")
    ),
    (
        "obligationstep",
        "obligation_id, association_id, donor_id",
        "obligation",
        "id, association_id, donor_id",
    ),
]


def add(child: str, columns: str, parent: str, parent_columns: str) -> migrations.RunSQL:
    name = f"capacity_{child}_{columns.split('_id')[0]}_same_owner"
    return migrations.RunSQL(
        f"ALTER TABLE capacity_{child} ADD CONSTRAINT {name} FOREIGN KEY ({columns})"
        f" REFERENCES capacity_{parent} ({parent_columns}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE capacity_{child} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("capacity", "0001_initial")]
    operations = [add(*key) for key in KEYS]
