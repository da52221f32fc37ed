"""Reading what browsers send: JSON of the chat page, forms of the console.

Control characters and lone surrogates, which a database refuses and no keyboard makes, are dropped on the way in.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request


def clean(text: str) -> str:
    """Return a text with line feeds as line ends and without control characters and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isprintable():
        return text
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})


async def json_body(request: Request) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        HTTPException: 415 for another type (which also keeps other sites' plain forms out), 400 for no object.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "Send JSON.")
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise HTTPException(400, "This is no JSON.") from None
    if not isinstance(body, dict):
        raise HTTPException(400, "Send a JSON object.")
    return body


class Fields:
    """The fields of a form or of an address, each as clean text."""

    def __init__(self, form: ImmutableMultiDict[str, Any]) -> None:
        self._form = form

    def __call__(self, name: str) -> str:
        """Return a field, empty when it is missing; a file counts as missing."""
        value = self._form.get(name, "")
        return clean(value) if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """Return a field as a whole number, None when it is none."""
        text = self(name)
        return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 16 else None  # noqa: PLR2004 digits of a rowid

    def names(self) -> list[str]:
        """Return the names of all fields."""
        return list(self._form)


async def form_body(request: Request) -> Fields:
    """Return the fields of a form."""
    return Fields(await request.form(max_files=0, max_fields=400))
