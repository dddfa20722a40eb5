"""The table of the database cache, which all processes share where there is no Redis."""

from django.db import migrations

CREATE = """
CREATE TABLE IF NOT EXISTS cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS cache_expires ON cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0002_people")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE cache")]
