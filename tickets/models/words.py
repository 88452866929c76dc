"""The words that a ticket is found by: a row beside it, so that what happens to a ticket rewrites no index of words."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler

from tickets.policy.words import Term


class TicketWords(models.Model):
    """Two texts, so that an internal note never shows through: who may not read notes searches the `public` one alone.

    Words stand each once, with a blank around each: "" or " blue note ". On PostgreSQL `public` and `internal` have a
    `…_vector` beside them, generated from them, and one index holds all that is searched (migration 0015).
    """

    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.CASCADE, primary_key=True, related_name="words")
    public = models.TextField(blank=True, default="")
    public_identifiers = models.TextField(blank=True, default="")
    internal = models.TextField(blank=True, default="")
    internal_identifiers = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"words of {self.ticket_id}"


@models.TextField.register_lookup
class Holds(Lookup):  # type: ignore[type-arg]
    """Does a column of words hold a term's word? Asked of the vector on PostgreSQL, of the text elsewhere."""

    lookup_name = "holds"
    prepare_rhs = False
    rhs: Term

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        end = " " if self.rhs.is_whole else ""
        asked = " OR ".join(f"{column} LIKE %s" for _ in self.rhs.beginnings)
        return f"({asked})", [*parameters, *(f"% {word}{end}%" for word in self.rhs.beginnings)]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        vector = f'{column[:-1]}_vector"'
        end = "" if self.rhs.is_whole else ":*"
        # Letters and digits only, by how a term is read: nothing in them means something to a query.
        asked = " | ".join(f"'{word}'{end}" for word in self.rhs.beginnings)
        return f"{vector} @@ %s::tsquery", [*parameters, asked]
