"""What a form need not ask, because it is known: nothing is guessed, and nothing is taken over silently."""

from __future__ import annotations

from bot.handlers.turn import Turn
from bot.orders.answers import Value
from bot.orders.definition import FormDefinition, Kind


def known(turn: Turn, definition: FormDefinition) -> dict[str, Value | None]:
    """Return what is known of the customer themselves: the phone and the address that they gave once."""
    who = turn.conversation
    of_kind = {Kind.PHONE: who.phone, Kind.EMAIL: who.email}
    return {field.key: value for field in definition.fields if (value := of_kind.get(field.kind))}
