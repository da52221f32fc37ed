"""Order numbers in what people write: `S-1042` in "where is my order s1042?", also with a Cyrillic С.

A message is surely about an order's state when it has one number and no other word than those that people ask that
with, in English, German and Russian. "The tea of S-1042 tastes of soap" is not: that is for the FAQ, or for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_NUMBER = re.compile(r"(?<![\w-])[sSсСsS]\s?[-–—‐‑]?\s?(\d{4,12})(?![\w]|-\d)")
_BARE = re.compile(r"(?<![\w-])(?:№|#|n[ro]\.?\s?)?\s?(\d{4,12})(?![\w]|-\d|[.,]\d)", re.IGNORECASE)
_WRITTEN = re.compile(r"([A-Za-zсС]{1,3})[-–—‐‑]?(\d{4,12})", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")
LONGEST = 120
"""Characters of a message that asks for an order's state and nothing else."""
ORDER = frozenset(
    """order orders ordernumber parcel package delivery shipment bestellung bestellungen bestellnummer auftrag paket
    lieferung sendung заказ заказа заказу заказом заказе заказы посылка посылку посылки посылкой доставка доставку
    доставки""".split()  # noqa: SIM905 as people list words
)
AROUND = ORDER | frozenset(
    """where is s my the a status state of about for what when will it arrive arrives come be here now with to how
    please thanks thank you hi hello hey good morning day track tracking number no nr has been was shipped sent
    dispatched yet already out delivered get me can could i know tell check see find want would like and still not
    confirmed ready wo ist meine mein der die das dem den steht stand bleibt kommt wann an was mit von zu für über
    bitte danke hallo guten tag morgen abend moin ich möchte will wissen wurde schon versendet versandt verschickt
    raus da noch nicht unterwegs sendungsverfolgung verfolgen nummer sagen sie mir können kann hat geliefert fertig
    bestätigt und wie sieht es aus um где мой моя моего мои моё по с со что как когда будет придёт придет приедет
    статус номер номером номера скажите подскажите пожалуйста спасибо здравствуйте привет добрый день вечер утро
    отправлен отправлена отправили уже ещё еще не у меня можно узнать хочу а и на какой дела трек отследить готов
    готова подтверждён подтвержден доставлен сейчас находится""".split()  # noqa: SIM905 as people list words
)


def number_in(text: str, prefixes: Iterable[str] = ()) -> str:
    """Return the one order number that a text names, written `S-1042`; empty for none, or for several.

    Args:
        text: somebody's words.
        prefixes: of further forms, which numbers may have instead of the S: capital letters.
    """
    found = {f"S-{int(digits)}" for digits in _NUMBER.findall(text)}
    found |= {f"{letters.upper()}-{int(digits)}" for letters, digits in _of_forms(tuple(prefixes)).findall(text)}
    return found.pop() if len(found) == 1 else ""


def number_written(word: str) -> str:
    """Return the number that staff write as one word, of whatever form; empty for any other word."""
    said = _WRITTEN.fullmatch(word)
    return f"{'S' if said[1] in 'сС' else said[1].upper()}-{int(said[2])}" if said else ""


@cache
def _of_forms(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    letters = "|".join(sorted({one for one in prefixes if one != "S"})) or "(?!)"
    return re.compile(rf"(?<![\w-])({letters})[-–—‐‑]?(\d{{4,12}})(?![\w]|-\d)", re.IGNORECASE)


def without_numbers(text: str, prefixes: Iterable[str] = ()) -> str:
    """Return a text without the order numbers that `number_in` finds."""
    return _of_forms(tuple(prefixes)).sub(" ", _NUMBER.sub(" ", text))


def asked_for(text: str, prefixes: Iterable[str] = ()) -> str:
    """Return the number of the order whose state a message surely asks for, empty for any other message.

    `prefixes` are as for `number_in`.
    """
    prefixes = tuple(prefixes)
    if len(text) > LONGEST:
        return ""
    number, rest = number_in(text, prefixes), without_numbers(text, prefixes)
    words = {word.casefold() for word in _WORD.findall(rest)}
    if not number and words & ORDER:
        bare = {f"S-{int(digits)}" for digits in _BARE.findall(text)}
        number, rest = (bare.pop() if len(bare) == 1 else ""), _BARE.sub(" ", text)
        words = {word.casefold() for word in _WORD.findall(rest)}
    return number if number and words <= AROUND and not re.search(r"\d", rest) else ""
