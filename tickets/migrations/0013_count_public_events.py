"""`public_seq` was the number of the last public event among all of them, whose gaps told of internal ones."""

from django.db import migrations
from django.db.models import Count, IntegerField, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce


def _of_public_events(apps, aggregate):
    event = apps.get_model("tickets", "TicketEvent")
    public = event.objects.filter(ticket=OuterRef("pk"), is_public=True).order_by().values("ticket")
    return Coalesce(Subquery(public.annotate(found=aggregate).values("found"), output_field=IntegerField()), 0)


def count(apps, schema_editor):
    apps.get_model("tickets", "Ticket").objects.update(public_seq=_of_public_events(apps, Count("pk")))


def number(apps, schema_editor):
    apps.get_model("tickets", "Ticket").objects.update(public_seq=_of_public_events(apps, Max("seq")))


class Migration(migrations.Migration):
    dependencies = [("tickets", "0012_message_said_once_a_ticket")]

    operations = [migrations.RunPython(count, number)]
