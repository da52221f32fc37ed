"""What customers want to know, for lists of those who wait: their last words that ask something.

Anna wrote "where is my parcel?", then "/human" and "thanks": the list shows the first of these.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.domain.message import ContentKind
from bot.faq.smalltalk import Kind, kind_of
from bot.messaging import transcript
from bot.messaging.transcript import Line

LOOKED_BACK = 10
"""Lines of a customer among which the question is looked for."""


def lines(conn: Connection, languages: Mapping[int, str], *, or_last: bool = False) -> dict[int, Line]:
    """Return each customer's last question, by conversation; who asked nothing is missing.

    Args:
        conn: a connection.
        languages: of the conversations, by their id.
        or_last: of who asked nothing, return the last words.
    """
    found = transcript.newest_of_customers(conn, list(languages), LOOKED_BACK)
    asked = {key: [one for one in said if _asks(one, languages[key])] for key, said in found.items()}
    return {key: some[0] for key, said in found.items() if (some := asked[key] or (said if or_last else []))}


def _asks(line: Line, language: str) -> bool:
    """Return whether a message is more than a command, a button's word or small talk."""
    text = line.content.text.text
    if line.content.kind is not ContentKind.TEXT:
        return True
    return not text.startswith("/") and kind_of(text, language) is Kind.QUESTION
