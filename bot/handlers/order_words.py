"""What a form has made is called by the form's title, and its states by the form's words.

Anna reads "Your order S-1042 is confirmed." and "Call-back C-1043: done."; Olga finds "Done" below the call-back, where
an order has "Shipped" and "Delivered". An owner may give a form states and words of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.handlers import form_words
from bot.handlers.house import House
from bot.i18n import Texts
from bot.orders import status
from bot.orders.definition import words_in
from bot.orders.status import State
from bot.orders.store import Order


def sentence(house: House, texts: Texts, form: str, key: str, **values: str) -> str:
    """Return a sentence about what a form made: one that says "order", or for a further form one with its title."""
    title = form_words.other_title(house, form, texts.language)
    return texts(f"other.{key}", title=title, **values) if title else texts(key, **values)


def titled(house: House, texts: Texts, order: Order) -> str:
    """Return a number with the title before it where it is no order: "S-1042", "Return R-1043"."""
    return f"{form_words.other_title(house, order.form, texts.language)} {order.number}".strip()


def told(house: House, texts: Texts, order: Order, state: State | None = None) -> str:
    """Return how something stands, or a state of it, as its customer reads it."""
    return _own(house, texts, order.form, state or order.stands) or texts(
        f"order_state.{_usual(house, order.form, state or order.stands)}"
    )


def for_staff(house: House, texts: Texts, order: Order, state: State | None = None) -> str:
    """Return the same as staff read it."""
    return _own(house, texts, order.form, state or order.stands) or texts(
        f"order_staff.{_usual(house, order.form, state or order.stands)}"
    )


def announced(house: House, texts: Texts, order: Order, *, corrected: bool) -> str:
    """Return the sentence by which a customer hears of a new state, a corrected one as such."""
    values = {"number": order.number, "state": told(house, texts, order)}
    if corrected:
        return sentence(house, texts, order.form, "order_told.corrected", **values)
    title, own = form_words.other_title(house, order.form, texts.language), house.forms.get(order.form)
    if own is not None and order.stands in own.state_names:
        title = words_in(own.title, texts.language)
    return texts("order_told.other" if title else f"order_told.{order.state}", title=title, **values)


def button(house: House, texts: Texts, order: Order, state: State) -> str:
    """Return what is on the button that puts something into a state."""
    if order.stands is State.NEW and state is State.CANCELLED:
        return texts("order_button.refused")
    own = _own(house, texts, order.form, state)
    return own[:1].upper() + own[1:] if own else texts(f"order_button.{_usual(house, order.form, state)}")


def _own(house: House, texts: Texts, form: str, state: State) -> str:
    """Return the owner's name of a state, empty for the usual one."""
    definition = house.forms.get(form)
    return words_in(definition.state_names.get(state, {}), texts.language) if definition else ""


def _usual(house: House, form: str, state: State) -> str:
    """Return the state's name in the catalogues: what nobody ships is not delivered, but done."""
    nobody_ships = State.SHIPPED not in house.forms.states(form)
    main = house.forms.main
    other = main is None or main.key != form
    return "done" if state is State.DELIVERED and nobody_ships and other else state.value


def following(house: House, order: Order) -> tuple[State, ...]:
    """Return where something can go from here."""
    return status.following(order.stands, house.forms.states(order.form))


def back_to(house: House, order: Order) -> tuple[State, ...]:
    """Return where staff may take it back to."""
    return status.back_from(order.stands, house.forms.states(order.form))


def all_of(house: House, form: str) -> Iterator[State]:
    """Yield the states of what a form makes, in the order in which they follow."""
    states = house.forms.states(form)
    return (one for one in State if one in states)


def state_in(house: House, order: Order, words: str) -> tuple[State, str] | None:
    """Return the state with whose name somebody's words begin, in any language of the house, and what follows it.

    The form's own words go before the usual ones, and a longer name before a shorter one.
    """
    said = _folded(words)
    for names in (_own, _in_catalogue, _as_kept):
        found = {
            (_folded(name), state)
            for state in State
            for code in house.catalogues
            if (name := names(house, house.catalogues[code], order.form, state))
        }
        for name, state in sorted(found, key=lambda one: -len(one[0])):
            behind = words[len(name) :]
            if said.startswith(name) and (not behind or not behind[0].isalnum()):
                return state, behind.strip(" .,:")
    return None


def _in_catalogue(house: House, texts: Texts, form: str, state: State) -> str:
    return texts(f"order_staff.{_usual(house, form, state)}")


def _as_kept(house: House, texts: Texts, form: str, state: State) -> str:  # noqa: ARG001 a name's face
    return state.value


def _folded(word: str) -> str:
    return word.lower().replace("ё", "е")  # keeps the length, unlike casefold
