"""Faults on demand: what a bad day at Telegram looks like, said in rules.

`{"method": "sendMessage", "action": "error", "status": 429, "retry_after": 3, "times": 2}` refuses the next two
messages; `{"method": "send*", "action": "cut_after", "probability": 0.02, "seed": 7}` carries two in a hundred
out and then cuts the line, so that the bot cannot know.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from bot.sandbox.refusal import Json, Refusal

ACTIONS: Final = ("error", "raw", "cut", "cut_after", "delay", "delay_after", "misplace")
_SENTENCES: Final = {
    400: "Bad Request: message thread not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """One rule.

    Attributes:
        method: pattern for method names, any case, `*` and `?` as in file names; `*` alone spares getUpdates.
        chat_id: only requests to this chat; 0 for all.
        action: error (answer `status`), raw (answer `status` with `description` as the body, no JSON), cut
            (nothing is done, the line is cut), cut_after (done, then cut), delay and delay_after (wait `delay`
            seconds before or after doing it), misplace (the topic is ignored: it lands in General).
        status: HTTP status of error and raw.
        description: Telegram's sentence; a usual one for the status when empty.
        retry_after: seconds told with a 429.
        delay: seconds.
        times: how often it strikes; 0 for ever.
        skip: requests that pass before it strikes first.
        probability: share of the matching requests that it strikes, 0-1.
        seed: makes `probability` repeatable.
        id: number of the rule.
        struck: how often it has struck.
    """

    method: str = "*"
    chat_id: int = 0
    action: str = "error"
    status: int = 500
    description: str = ""
    retry_after: int = 0
    delay: float = 0.0
    times: int = 0
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    id: int = 0
    struck: int = 0
    _dice: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        """Check the action and seed the dice.

        Raises:
            ValueError: an action that is not known.
        """
        if self.action not in ACTIONS:
            raise ValueError(f"action {self.action!r} is none of {', '.join(ACTIONS)}")
        self._dice = random.Random(self.seed)  # noqa: S311 - repeatable tests, no secret

    def strikes(self, method: str, chat_id: int) -> bool:
        """Tell whether this request is hit, and count it."""
        if not self._matches(method, chat_id) or (self.times and self.struck >= self.times):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.probability < 1 and self._dice.random() >= self.probability:
            return False
        self.struck += 1
        return True

    def _matches(self, method: str, chat_id: int) -> bool:
        if self.chat_id not in (0, chat_id):
            return False
        if self.method == "*":
            return method != "getUpdates"
        return fnmatchcase(method.lower(), self.method.lower())

    def refusal(self) -> Refusal:
        """Return the answer of an error."""
        if self.status == 429:  # noqa: PLR2004 - the HTTP status
            seconds = self.retry_after or 1
            return Refusal(429, self.description or f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        return Refusal(self.status, self.description or _SENTENCES.get(self.status, f"Error {self.status}"))

    def dump(self) -> Json:
        """Return the rule as JSON values."""
        rule = asdict(self)
        del rule["_dice"]
        return rule


class Faults:
    """The rules in force, first rule first."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []
        self._next = 1

    def add(self, rule: dict[str, Any]) -> Fault:
        """Put a rule in force.

        Raises:
            ValueError, TypeError: an unknown key or action.
        """
        fault = Fault(**{**rule, "id": self._next})
        self._next += 1
        self.rules.append(fault)
        return fault

    def clear(self, rule_id: int = 0) -> None:
        """Take back one rule, or all."""
        self.rules = [rule for rule in self.rules if rule_id and rule.id != rule_id]

    def strike(self, method: str, chat_id: int) -> Fault | None:
        """Return the first rule that hits this request."""
        if not self.rules:
            return None
        return next((rule for rule in self.rules if rule.strikes(method, chat_id)), None)
