"""A request that Telegram would not carry out: the code, the sentence and what to do next.

Anna has blocked the bot: `Refusal(403, "Forbidden: bot was blocked by the user")` becomes the HTTP answer
`{"ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}`.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """The Bot API's answer to a request that is not carried out.

    Attributes:
        code: the error code, which is the HTTP status as well.
        description: Telegram's sentence, with its first words ("Bad Request: ").
        parameters: `retry_after` in seconds or `migrate_to_chat_id`; mostly empty.
    """

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def envelope(self) -> Json:
        """Return the body of the HTTP answer."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad(sentence: str) -> Refusal:
    """Return a 400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {sentence}")


def forbidden(sentence: str) -> Refusal:
    """Return a 403 with Telegram's prefix."""
    return Refusal(403, f"Forbidden: {sentence}")


def slow_down(seconds: int) -> Refusal:
    """Return a 429; `seconds` is whole and at least 1."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
