"""One request of the bot: its parameters, however they were sent, read as the types that a method needs.

`chat_id=5000000001&text=Hello` in a query, an urlencoded or multipart body or as JSON is the same call; objects
come as JSON or as a string that holds JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from bot.sandbox.refusal import Refusal, bad

LARGEST_BODY: Final = 52 * 1024 * 1024
_TRUE: Final = frozenset({"true", "1", "yes"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    mime: str
    content: bytes


@dataclass(slots=True)
class Call:
    """A request to one method.

    Attributes:
        method: its name as the Bot API spells it.
        params: values as they came: strings, or JSON values of a JSON body.
        files: uploads by field name.
    """

    method: str
    params: dict[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)
    _read: dict[str, Any] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Tell whether a parameter was given."""
        return name in self.params

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self.params.get(name, default)
        if isinstance(value, bool | int | float):
            return json.dumps(value)
        if not isinstance(value, str):
            raise bad(f"can't parse parameter {name}: a string is expected (sandbox)")
        return value

    def number(self, name: str, default: int = 0) -> int:
        """Return a parameter as a whole number."""
        value = self.params.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad(f"can't parse parameter {name}: a whole number is expected (sandbox)") from None

    def real(self, name: str, default: float = 0.0) -> float:
        """Return a parameter as a number."""
        value = self.params.get(name, default)
        try:
            return float(value)
        except (TypeError, ValueError):
            raise bad(f"can't parse parameter {name}: a number is expected (sandbox)") from None

    def flag(self, name: str) -> bool:
        """Return a parameter as true or false; false when it was not given."""
        value = self.params.get(name, False)
        return value if isinstance(value, bool) else str(value).lower() in _TRUE

    def structure(self, name: str) -> Any:  # noqa: ANN401 - whatever the JSON holds
        """Return a parameter that is a JSON object or array; None when it was not given or is empty."""
        if name not in self._read:
            self._read[name] = self._structure(name)
        return self._read[name]

    def _structure(self, name: str) -> object:
        value = self.params.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def listing(self, name: str) -> list[Any]:
        """Return a parameter that is a JSON array; empty when it was not given."""
        value = self.structure(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad(f"can't parse {name.replace('_', ' ')}: expected an Array")
        return value

    def mapping(self, name: str) -> dict[str, Any] | None:
        """Return a parameter that is a JSON object; None when it was not given."""
        value = self.structure(name)
        if value is not None and not isinstance(value, dict):
            raise bad(f"can't parse {name.replace('_', ' ')}: object expected")
        return value

    @property
    def chat_id(self) -> int:
        """The chat that the request is about; 0 for none, or for a name that no chat has."""
        value = self.params.get("chat_id", 0)
        try:
            return int(value)
        except (TypeError, ValueError):
            return 0


def from_query(query: bytes) -> dict[str, Any]:
    """Return the parameters of a query or an urlencoded body."""
    return dict(parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)) if query else {}


def from_json(body: bytes) -> dict[str, Any]:
    """Return the parameters of a JSON body, without those that are null."""
    try:
        params = json.loads(body)
    except ValueError:
        params = None
    if not isinstance(params, dict):
        raise bad("can't parse request body as a JSON object")
    return {name: value for name, value in params.items() if value is not None}


def require_size(length: int) -> None:
    """Refuse a body that is larger than Telegram takes.

    Raises:
        Refusal: more than 50 MB and some room for the parameters.
    """
    if length > LARGEST_BODY:
        raise Refusal(413, "Request Entity Too Large")
