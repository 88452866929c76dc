"""Answers that support wrote once, to be used on many tickets."""

from django.db import models
from django.db.models.functions import Lower

from packages.models import Topic


class PreparedAnswer(models.Model):
    """`texts` holds Markdown by language, English always. One that is out of use stays: messages point to it."""

    name = models.CharField(max_length=80)
    texts = models.JSONField()
    topics = models.ManyToManyField(Topic, blank=True, related_name="+")  # none: for all
    is_receipt = models.BooleanField("a mere receipt", default=False)
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        verbose_name = "prepared answer"
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="prepared_name_once", violation_error_message="Another one has this name already."
            ),
        ]

    def __str__(self) -> str:
        return self.name
