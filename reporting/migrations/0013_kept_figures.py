"""A figure says when it is that of an earlier edition."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0012_tenancy_of_editions")]
    operations = [
        migrations.AddField(
            "releasecell",
            "kept",
            models.BooleanField(
                db_default=False,
                default=False,
                help_text="Too few members changed it to say it anew without showing their change.",
                verbose_name="as in an edition before",
            ),
        ),
    ]
