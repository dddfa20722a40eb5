"""The abstract base of all tables: a random identifier that cannot be guessed or counted."""

import uuid

from django.db import models


class BaseModel(models.Model):
    """A row with a UUID key, so that an address tells nothing about how many others there are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True
