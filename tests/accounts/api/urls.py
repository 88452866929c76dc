"""Routes of their own for the tests of what every route of the API has."""

from django.urls import path
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actions import audit
from accounts.api.errors import ProblemError
from accounts.api.idempotency import IdempotentPosts
from accounts.models import Organisation
from tests.cast import NOW


class Sample(serializers.Serializer):
    message = serializers.CharField()
    code = serializers.IntegerField(required=False)


class Body(serializers.Serializer):
    subject = serializers.CharField(max_length=20)
    fields = serializers.DictField(child=serializers.CharField(), required=False)
    samples = Sample(many=True, required=False)


class Notes(IdempotentPosts):
    """A POST leaves an audit entry; "refuse" leaves one too, and then refuses."""

    def get(self, request: Request) -> Response:
        return Response({"actor": request.actor.name})  # type: ignore[attr-defined]

    def post(self, request: Request) -> Response:
        serializer = Body(data=request.data)
        serializer.is_valid(raise_exception=True)
        subject = serializer.validated_data["subject"]
        entry = audit.record(subject, Organisation.objects.first(), by=None, now=NOW)
        if subject == "refuse":
            raise ProblemError(409, "not_now", "Not now.", current="resolved")
        return Response({"entry": entry.pk}, status=201, headers={"Location": f"/notes/{entry.pk}/"})


class Open(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        return Response({"actor": str(request.actor)})  # type: ignore[attr-defined]


class Broken(APIView):
    def get(self, request: Request) -> Response:
        raise RuntimeError("nobody foresaw this")


urlpatterns = [
    path("api/notes/", Notes.as_view()),
    path("api/open/", Open.as_view()),
    path("api/broken/", Broken.as_view()),
]
handler404 = "accounts.api.errors.not_found"
handler500 = "accounts.api.errors.server_error"
