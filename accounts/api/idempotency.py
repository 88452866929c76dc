"""`Idempotency-Key` on every POST of the API: sent again, the same request does nothing and is answered the same."""

import hashlib
import json
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actions.idempotency import KeyReused, claim, keep_answer
from accounts.api.errors import ProblemError
from accounts.models import ApiToken, IdempotencyKey

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST = 255
KEPT_HEADERS = ("Location", "ETag")


class IdempotentPosts(APIView):
    """A view whose POSTs may carry a key. What is refused is not kept: corrected, it may use the same key."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and HEADER in request.headers and hasattr(self, "post"):
            # The framework takes the handler after this, from the instance: so a view set's action is wrapped as well.
            setattr(self, "post", _once(getattr(self, "post")))  # noqa: B009, B010  views that have none have no such attribute


def _once(handler: Any) -> Any:
    def post(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers[HEADER].strip()
        if not 0 < len(key) <= LONGEST:
            raise ProblemError(400, "idempotency_key_invalid", _("Idempotency-Key takes 1 to 255 characters."))
        if not isinstance(request.auth, ApiToken):
            return handler(request, *args, **kwargs)
        with transaction.atomic():
            row, is_new = _claim(request, request.auth, key)
            if not is_new:
                return _replay(row)
            response = handler(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            else:
                _keep(row, response)
            return response

    return post


def _claim(request: Request, token: ApiToken, key: str) -> tuple[IdempotencyKey, bool]:
    try:
        return claim(token, key, digest=digest_of(request), now=timezone.now())
    except KeyReused as error:
        detail = _("This Idempotency-Key was used for another request. Use a new key for each new request.")
        raise ProblemError(422, "idempotency_key_reused", detail) from error


def digest_of(request: Request) -> str:
    """Return what makes two requests the same: the address and the values sent, whatever their order in the body."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if hasattr(request.data, "lists"):
        for name, values in sorted(request.data.lists()):
            for value in values:
                digest.update(f"{name}\0".encode())
                _feed(digest, value)
    else:
        digest.update(json.dumps(request.data, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    if not isinstance(value, UploadedFile):
        digest.update(f"{value}\0".encode())
        return
    digest.update(f"{value.name}\0{value.size}\0".encode())
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)


def _keep(row: IdempotencyKey, response: HttpResponse) -> None:
    body = JSONRenderer().render(response.data).decode() if isinstance(response, Response) else ""
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    keep_answer(row, status=response.status_code, headers=headers, body=body)


def _replay(row: IdempotencyKey) -> Response:
    body = json.loads(row.body) if row.body else None
    return Response(body, status=row.status or 200, headers={**row.headers, REPLAYED: "true"})
