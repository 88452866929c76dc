"""What goes wrong for many right now, for programs. Nothing here can be changed."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.description import LANGUAGE, described
from packages.policy.wording import wording
from tickets.api.base import TicketsView
from tickets.api.promises import instant
from tickets.queries.incidents import going_on_with_topics


class IncidentLine(serializers.Serializer):
    """An incident that goes on. Without `topics` it concerns every topic."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField(help_text="Markdown.")
    topics = serializers.ListField(child=serializers.CharField())
    since = serializers.DateTimeField()


class IncidentLines(serializers.Serializer):
    incidents = IncidentLine(many=True)


class Incidents(TicketsView):
    @described("List the incidents", IncidentLines, tag="Policy", parameters=[LANGUAGE])
    def get(self, request: Request) -> Response:
        """What goes wrong for many right now, the latest first, in the reader's language. Look here before you file."""
        lines = [
            {
                "id": one.pk,
                "title": wording(one.titles, self.language),
                "text": wording(one.texts, self.language),
                "topics": sorted(topic.code for topic in one.topics.all()),
                "since": instant(one.declared_at),
            }
            for one in going_on_with_topics()
        ]
        return Response({"incidents": lines})
