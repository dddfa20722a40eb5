"""Composite foreign keys: a row can never hang on a parent of another association or session."""

from django.db import migrations

OWNED = [
    # child, the column, parent
    ("workversion", "work", "work"),
    ("workrelation", "work", "work"),
    ("workrelation", "other", "work"),
    ("workuse", "work", "work"),
    ("downloadcount", "version", "workversion"),
    ("coursematerial", "course", "course"),
    ("coursematerial", "work", "work"),
    ("testquestion", "course", "course"),
    ("expertconflict", "expert", "expert"),
    ("expertdocument", "expert", "expert"),
    ("teachingright", "expert", "expert"),
    ("teachingright", "course", "course"),
    ("trainingsession", "course", "course"),
    ("sessionday", "session", "trainingsession"),
    ("sessiontrainer", "session", "trainingsession"),
    ("sessiontrainer", "expert", "expert"),
    ("sessionmaterial", "session", "trainingsession"),
    ("sessionmaterial", "work", "work"),
    ("moneyline", "session", "trainingsession"),
    ("registration", "session", "trainingsession"),
    ("registration", "participant", "participant"),
    ("attendance", "session", "trainingsession"),
    ("sessionnotice", "session", "trainingsession"),
    ("sessionnotice", "registration", "registration"),
    ("scholarshipaward", "scholarship", "scholarship"),
    ("scholarshipaward", "registration", "registration"),
    ("testsheet", "registration", "registration"),
    ("evaluation", "registration", "registration"),
    ("certificate", "participant", "participant"),
    ("certificate", "course", "course"),
    ("certificate", "session", "trainingsession"),
    ("certificate", "registration", "registration"),
    ("certificate", "renews", "certificate"),
    ("certificatenotice", "certificate", "certificate"),
    ("needsreply", "survey", "needssurvey"),
    ("need", "course", "course"),
    ("case", "need", "need"),
    ("case", "expert", "expert"),
    ("casecall", "case", "case"),
    ("casecall", "expert", "expert"),
    ("deliverable", "case", "case"),
    ("casehours", "case", "case"),
    ("casecost", "case", "case"),
    ("caserating", "case", "case"),
    ("groupmember", "group", "learninggroup"),
    ("groupmeeting", "group", "learninggroup"),
]
OF_A_SESSION = [("attendance", "day", "sessionday"), ("attendance", "registration", "registration")]


def add(child: str, column: str, parent: str, owner: str = "association_id") -> migrations.RunSQL:
    name = f"training_{child}_{column}_same_owner"
    return migrations.RunSQL(
        f"ALTER TABLE training_{child} ADD CONSTRAINT {name} FOREIGN KEY ({column}_id, {owner})"
        f" REFERENCES training_{parent} (id, {owner}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE training_{child} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]
    operations = [
        *(add(*key) for key in OWNED),
        *(add(*key, owner="session_id") for key in OF_A_SESSION),
    ]
