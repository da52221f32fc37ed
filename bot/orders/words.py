"""Takes an answer apart into words, and knows the small words of three languages.

"Ja, bitte!" is ["ja", "bitte"]: a yes with a kindness. "Fünf" and "FÜNF" are both "funf"; "пять" stays, "ещё" is "еще".
The tables say what people write, not what the bot says; that stands in the catalogues.
"""

from __future__ import annotations

import re
import unicodedata

_FOLDED = str.maketrans(
    {"ä": "a", "ö": "o", "ü": "u", "ё": "е", "é": "e", "è": "e", "á": "a", "’": "'", "–": "-", "—": "-"}
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def fold(text: str) -> str:
    """Return the text in lower case, without umlauts and accents; its digits and punctuation stay."""
    return unicodedata.normalize("NFC", text).casefold().translate(_FOLDED)


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, without punctuation."""
    return _WORD.findall(fold(text))


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list that stands in one line or several."""
    return frozenset(text.split())


def in_order(text: str) -> tuple[str, ...]:
    """Return the words of a list whose order matters."""
    return tuple(text.split())


YES = word_set("""
    yes y yep yeah sure ok okay correct right confirm
    ja j jo klar gerne genau richtig stimmt passt
    да ага угу ок верно конечно хорошо подтверждаю согласен согласна
""")
ORDERING = word_set("""
    order confirm confirmed send submit
    bestelle bestellen bestell absenden senden abschicken bestatige bestatigen
    заказать заказываю заказывайте закажите оформить оформляйте оформляю отправить отправляйте отправляю подтвердить
""")
"""What confirms a summary as its button does."""
AROUND_ORDERING = word_set("place it the now jetzt verbindlich kostenpflichtig сейчас")
NO = word_set("no n nope nein ne nee нет не неа")
BACK = word_set("back zuruck zurueck назад")
CANCEL = word_set("cancel abbrechen abbruch stornieren отмена отменить отмените")
SKIP = word_set("skip none uberspringen ueberspringen weglassen keine keiner keinen пропустить пропуск")
DONE = word_set("""
    done that that's thats is all ready finished
    fertig das ist war's wars alles
    готово все это
""")
"""What ends an answer that is given in several parts."""
EVERY = word_set("all every everything both alle beide beides все всё оба обе")
AGREED = word_set("agree agreed accept accepted einverstanden stimme akzeptiere zugestimmt согласен согласна принимаю")
POLITE = word_set("please pls thanks thank you bitte danke пожалуйста пож спасибо")


def means(text: str, words: frozenset[str]) -> bool:
    """Return whether the text says nothing but one of these words, kindness aside."""
    said = [word for word in words_of(text) if word not in POLITE]
    return bool(said) and set(said) <= words
