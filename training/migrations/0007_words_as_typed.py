"""Works are found by words typed without accents and printed signs: what is searched has such texts both ways."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations, models
from django.db.models import Case, Func, Value, When
from django.db.models.functions import NullIf

WRITTEN = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ’‘“”„«»–—…،؛؟"
TYPED = "AAAAAACEEEEIIIINOOOOOUUUUYaaaaaaceeeeiiiinooooouuuuyy''           "
CONFIGS = (
    ("en", "english"),
    ("fr", "french"),
    ("es", "spanish"),
    ("ar", "arabic"),
    ("pt", "portuguese"),
    ("ru", "russian"),
)


def typed(name):
    changed = Func(name, Value(WRITTEN), Value(TYPED), function="translate")
    return NullIf(changed, name, output_field=models.TextField())


def words(config):
    title = SearchVector("title", typed("title"), weight="A", config=config)
    return title + SearchVector("summary", typed("summary"), weight="B", config=config)


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0006_case_forms_of_the_catalogue'),
    ]

    operations = [
        # what a column is generated from cannot be changed: it is made anew, with its index
        migrations.RemoveIndex(model_name='workversion', name='work_version_words'),
        migrations.RemoveField(model_name='workversion', name='words'),
        migrations.AddField(
            model_name='workversion',
            name='words',
            field=models.GeneratedField(
                expression=Case(
                    *(When(language=code, then=words(config)) for code, config in CONFIGS),
                    default=words("simple"),
                    output_field=SearchVectorField(),
                ),
                output_field=SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            model_name='workversion',
            index=GinIndex(fields=['words'], name='work_version_words'),
        ),
    ]
