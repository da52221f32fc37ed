"""What customers say of an order that they made, without a button: where it is, away with it, otherwise, once more.

"Where is my order?", "bitte meine Bestellung stornieren", "хочу изменить адрес заказа S-1001", "same as last time".
"How do I cancel an order?" asks about orders at large and is for the FAQ, as is all that says more than such a wish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.orders.mentions import AROUND, LONGEST, ORDER, number_in, without_numbers

_WORD = re.compile(r"[^\W\d_]+")


class Wish(StrEnum):
    """What a customer wants with an order of theirs."""

    STATE = "state"
    CANCEL = "cancel"
    CHANGE = "change"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish, and the number of the order that it is about; empty where none was named."""

    wish: Wish
    number: str = ""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_MY = _words("my mine our mein meine meinen meiner meinem unsere мой моя мою моего моём моем моей мои наш нашего")
_AT_LARGE = _words("how what if can could may whether wie was ob kann können darf wenn как что если можно можете ли")
"""Words that ask how it goes, rather than for it to be done."""
_ASKS_WHERE = _words(
    """where when status arrive arrives track come wo wann status kommt bleibt steht steht's unterwegs где когда статус
    придёт придет приедет отправили отправлен отследить"""
)
_CANCELS = _words(
    """cancel cancelled cancelling cancellation stornieren storniere storno storniert annullieren отменить отмените
    отмени отмена отменяю аннулировать аннулируйте"""
)
_CHANGES = _words(
    """change changed modify amend correct edit update ändern ändere geändert abändern anpassen korrigieren изменить
    измените измени поменять поменяйте исправить исправьте"""
)
_POLITE = _words(
    """need have must to off this that it again no longer anymore more order's muss müssen würde gerne gern doch mal
    diese dieser dieses dringend sofort нужно надо мне этот это прошу больше"""
)
_AGAIN = tuple(
    re.compile(pattern)
    for pattern in (
        (
            r"(order |buy |take |i take |i want |i'd like )?(the )?(exact )?same( order| thing| things)?"
            r"( again| once more)?( as)?( the)?( last| previous)( time| order)"
        ),
        r"(order |buy )?(the )?same( order| thing| things)? (again|once more)",
        r"(repeat|reorder|re-order)( my| the)?( last| previous)?( order)",
        (
            r"(ich )?(nehme |hätte gern |hätte gerne |möchte |will )?(noch ?mal |wieder )?"
            r"(das gleiche|dasselbe|das selbe)( bestellen)? wie (das |beim )?letzte[sn]?( mal)?( bestellen)?"
        ),
        r"(noch ?mal|noch einmal|wieder) (das gleiche|dasselbe|das selbe)( bestellen)?",
        r"(das gleiche|dasselbe|das selbe) (noch ?mal|noch einmal|wieder)( bestellen)?",
        r"(meine |die )?(letzte )?bestellung wiederholen",
        r"(хочу |мне |закажу |заказать )?(ещё раз )?(то же самое|тоже самое|то же),? (что и |что |как )?в прошлый раз",
        r"(хочу |мне )?(ещё раз |снова )(то же самое|тоже самое)",
        r"(хочу )?(повторить|повторите|повтори)( мой| последний| прошлый)* заказ",
    )
)
_AROUND_AGAIN = re.compile(
    r"^(hi|hello|hey|please|hallo|guten tag|moin|bitte|здравствуйте|привет|добрый день|пожалуйста)[\s,!.]+"
    r"|[\s,!.]+(please|thanks|thank you|bitte|danke|пожалуйста|спасибо)$",
    re.IGNORECASE,
)


def wish_in(text: str, prefixes: Iterable[str] = ()) -> Wished | None:
    """Return what a message wants with an order; None for what is no such wish, or says more.

    `prefixes` are as for `mentions.number_in`. Whether the order is theirs is for the caller to look.
    """
    if len(text) > LONGEST or "\n" in text.strip():
        return None
    prefixes = tuple(prefixes)
    number, said = number_in(text, prefixes), _WORD.findall(without_numbers(text, prefixes).casefold())
    words = set(said)
    if not number and _again(text):
        return Wished(Wish.AGAIN)
    about_one = bool(number) or bool(words & ORDER and words & _MY)
    at_large = bool(words & _AT_LARGE) and not number
    if (
        words & _CANCELS
        and not at_large
        and (about_one or words & ORDER)
        and words <= AROUND | _CANCELS | _POLITE | _MY
    ):
        return Wished(Wish.CANCEL, number)
    if words & _CHANGES and not at_large and about_one:
        return Wished(Wish.CHANGE, number)
    wheres = words & _ASKS_WHERE and words & ORDER and words & _MY
    return Wished(Wish.STATE) if not number and wheres and words <= AROUND | _MY else None


def _again(text: str) -> bool:
    bare = " ".join(text.casefold().split()).strip(" .!,")
    for _ in range(2):  # a greeting before it and thanks behind it
        bare = _AROUND_AGAIN.sub("", bare).strip(" .!,")
    return any(pattern.fullmatch(bare) for pattern in _AGAIN)
