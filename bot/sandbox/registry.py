"""Which methods there are, which parameters each takes and what carries it out.

`@method("closeForumTopic", "chat_id message_thread_id")` above a function makes it the answer to
`/bot<token>/closeForumTopic`; a parameter that is not named is refused, though Telegram itself would ignore it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.call import Call
from bot.sandbox.refusal import bad
from bot.sandbox.world import World

Answer = Any
Run = Callable[[World, Call], Answer | Awaitable[Answer]]

PLACE: Final = "chat_id business_connection_id message_thread_id direct_messages_topic_id"
MANNERS: Final = (
    "disable_notification protect_content allow_paid_broadcast message_effect_id suggested_post_parameters"
    " reply_parameters reply_markup allow_sending_without_reply reply_to_message_id"
)
HIDDEN: Final = "ephemeral_message_parameters receiver_user_id callback_query_id"
CAPTION: Final = "caption parse_mode caption_entities"
SENDS: Final = f"{PLACE} {MANNERS} {HIDDEN}"


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Bot API.

    Attributes:
        name: as the Bot API spells it.
        accepts: names of its parameters.
        run: carries it out and returns the result.
        sends: how many messages a request sends, which is what the limits count; 0 for a method that sends none.
    """

    name: str
    accepts: frozenset[str]
    run: Run
    sends: Callable[[Call], int]

    def check(self, call: Call) -> None:
        """Refuse parameters that the method does not have.

        Raises:
            Refusal: an unknown parameter.
        """
        if unknown := call.params.keys() - self.accepts:
            raise bad(f'unknown parameter "{min(unknown)}" (sandbox)')


METHODS: Final[dict[str, Method]] = {}


def _none(_: Call) -> int:
    return 0


def one(_: Call) -> int:
    """Count a request that sends one message."""
    return 1


def method(name: str, accepts: str = "", sends: Callable[[Call], int] = _none) -> Callable[[Run], Run]:
    """Register the function below as a method.

    Args:
        name: as the Bot API spells it; requests may write it in any case.
        accepts: names of its parameters, with spaces between them.
        sends: how many messages a request sends.
    """

    def register(run: Run) -> Run:
        METHODS[name.lower()] = Method(name, frozenset(accepts.split()), run, sends)
        return run

    return register
