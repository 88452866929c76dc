"""The policy for programs: topics with their fields, and support hours. Nothing here can be changed."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.description import LANGUAGE, described
from accounts.api.errors import ProblemError
from accounts.api.views import ApiView
from packages.api import serializers, topics
from packages.queries.policies import in_force
from packages.queries.support_hours import support_hours


class Topics(ApiView):
    @described("List the topics", serializers.Topics, tag="Policy", parameters=[LANGUAGE])
    def get(self, request: Request) -> Response:
        """What a ticket can be about, under the policy in force now."""
        version = in_force(self.now)
        lines = [topics.topic_line(topic, self.language) for topic in version.policy.topics.values()]
        return Response({"policy_version": version.number, "topics": lines})


class Topic(ApiView):
    @described("Read a topic", serializers.TopicInFull, tag="Policy", parameters=[LANGUAGE], refusals=(404,))
    def get(self, request: Request, code: str) -> Response:
        """Every field that a ticket of this topic is asked, those of every topic among them, in the order of the form.

        `pointer` is where the answer stands in the body of a ticket, and where an error about it points.
        """
        topic = in_force(self.now).policy.topics.get(code)
        if topic is None:
            raise ProblemError(404, "unknown_topic", _("There is no such topic."))
        return Response(topics.topic_in_full(topic, self.language))


@extend_schema(auth=[])
class SupportHours(ApiView):
    """Public: no token is needed, and one that is sent is not looked at."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @described("Read the support hours", serializers.SupportHours, tag="Policy", parameters=[LANGUAGE], refusals=())
    def get(self, request: Request) -> Response:
        """When support is open, and how soon it answers, by package. No token is needed."""
        hours = support_hours(in_force(self.now), at=self.now, language=self.language)
        return Response(hours, headers={"Cache-Control": "public, max-age=60"})
