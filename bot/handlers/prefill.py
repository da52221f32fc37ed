"""What a form need not ask, because it is known: nothing is guessed, and nothing is taken over silently."""

from __future__ import annotations

from bot.handlers.form_words import moment_of
from bot.handlers.turn import Turn
from bot.orders import store
from bot.orders.again import again, filled, left_out, not_again
from bot.orders.answers import Row, Value
from bot.orders.definition import FormDefinition, Kind, words_in
from bot.orders.form import summary
from bot.orders.state import Answers

LOOKED_BACK = 20
"""Orders of a customer among which the last one of a form is looked for."""


def known(turn: Turn, definition: FormDefinition) -> dict[str, Value | None]:
    """Return what is known of the customer themselves: the phone and the address that they gave once."""
    who = turn.conversation
    of_kind = {Kind.PHONE: who.phone, Kind.EMAIL: who.email}
    return {field.key: value for field in definition.fields if (value := of_kind.get(field.kind))}


def last(turn: Turn, definition: FormDefinition) -> Answers:
    """Return the answers of the last order that the customer made with this form; empty when there is none.

    Their other chats count where it is proven that they are one customer's: they have one customer record then. That
    staff took two tickets together proves nothing.
    """
    who = turn.conversation
    made = store.of_customer(turn.conn, who.id, LOOKED_BACK, who.customer_id)
    return next((one.answers for one in made if one.form == definition.key), {})


def shown(turn: Turn, definition: FormDefinition, answers: Answers, *, whole: bool) -> list[Row]:
    """Return what of the last order could be taken over, as the customer reads it; no prices where nothing could."""
    taken = again(definition, answers, moment_of(turn), whole=whole)
    given = {key: value for key, value in taken.items() if value is not None}
    return list(summary(definition, filled(definition, given), turn.conversation.language)) if given else []


def lost(turn: Turn, definition: FormDefinition, answers: Answers) -> list[str]:
    """Return what of the last order is not possible any more: labels, and the names of goods."""
    moment = moment_of(turn)
    gone = [words_in(field.label, turn.conversation.language) for field in not_again(definition, answers, moment)]
    return gone + left_out(definition, answers, moment)
