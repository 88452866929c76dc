"""Files: staged before a ticket is filed or a message sent, listed on a ticket, read."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bodies import invalid
from accounts.api.description import IF_MATCH, LANGUAGE, PAGE, described
from accounts.api.errors import Fault
from accounts.api.paging import paged
from tickets.actions.attaching import discard, stage
from tickets.actions.conversation import post_message
from tickets.api import bodies, serializers
from tickets.api.base import TicketsView
from tickets.api.representations import absolute
from tickets.facts import attachment_facts
from tickets.models import Attachment as AttachmentRow
from tickets.policy.uploads import FileRefused
from tickets.queries.access import attachment_or_404
from tickets.web.file_words import file_refusal


class _Uploads(TicketsView):
    parser_classes = [MultiPartParser]

    def uploaded(self, request: Request) -> AttachmentRow:
        """Stage the one file of the request. Raises: ProblemError."""
        files = request.FILES.getlist("file")
        if len(files) != 1:
            raise invalid([Fault("/file", "file", "required", _("Send one file, in the part “file”."))])
        try:
            return stage(files[0], by=self.actor, now=self.now)
        except FileRefused as error:
            message = file_refusal(error, files[0].name or "")
            raise invalid([Fault("/file", "file", error.code, message)]) from error

    def facts(self, attachment: AttachmentRow) -> dict[str, Any]:
        return absolute(self.request, attachment_facts(attachment))


class StagedFiles(_Uploads):
    @described(
        "Stage a file",
        serializers.Attachment,
        tag="Files",
        status=201,
        body={"multipart/form-data": bodies.FileBody},
        parameters=[LANGUAGE],
    )
    def post(self, request: Request) -> Response:
        """Upload a file, and name its id when filing a ticket or posting a message. One never sent is removed."""
        return Response(self.facts(self.uploaded(request)), status=201)


class TicketFiles(_Uploads):
    @described("List files", serializers.AttachmentPage, tag="Files", parameters=[*PAGE, LANGUAGE], refusals=(404,))
    def get(self, request: Request, reference: str) -> Response:
        """The files of a ticket: of its filing and of its messages."""
        rows = AttachmentRow.objects.filter(ticket=self.ticket(reference))
        if not self.actor.is_staff:
            rows = rows.filter(is_internal=False)
        return paged(rows, request, lambda page: [self.facts(one) for one in page], by="at", latest_first=False)

    @described(
        "Add a file",
        serializers.Attachment,
        tag="Files",
        status=201,
        body={"multipart/form-data": bodies.TicketFileBody},
        parameters=[IF_MATCH, LANGUAGE],
        refusals=(404, 409, 412),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Post a message that holds one file, with `body` as its text if there is one."""
        ticket = self.ticket(reference)
        expected = self.expected(ticket)
        attachment = self.uploaded(request)
        text = request.POST.get("body", "")
        try:
            post_message(
                ticket,
                text,
                by=self.actor,
                now=self.now,
                is_answer=False,
                files=[attachment],
                expected=expected,
            )
        except Exception:
            discard(attachment)  # nobody would find it again
            raise
        attachment.refresh_from_db()
        return Response(self.facts(attachment), status=201)


class File(TicketsView):
    @described(
        "Read a file",
        None,
        tag="Files",
        parameters=[LANGUAGE],
        refusals=(404,),
        media="application/octet-stream",
        said="The file's content, in its own type.",
    )
    def get(self, request: Request, pk: UUID) -> FileResponse:
        """The content of a file of a ticket that may be seen, or of one that you staged."""
        attachment = attachment_or_404(self.actor, pk)
        try:
            stored = attachment.file.open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        return FileResponse(
            stored,
            as_attachment=True,
            filename=attachment.name,
            content_type=attachment.content_type,
            headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"},
        )
