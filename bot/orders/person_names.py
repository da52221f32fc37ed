"""Reads a person's name: "I'm Anna Vogt", "mein Name ist Jürgen Müller", "меня зовут Анна".

The name stays as it was written, on one line. A phone number, an address, a question or "tomorrow" is no name.
"""

from __future__ import annotations

import re
import unicodedata

from bot.orders.words import BACK, CANCEL, NO, POLITE, SKIP, YES, fold, word_set, words_of

_LONGEST = 80
_MOST_WORDS = 6
_INTRODUCED = re.compile(
    r"^(?:(?:hi|hello|hey|hallo|guten tag|moin|привет|здравствуйте|добрый день)[,.! ]+)?"
    r"(?:(?:i'm|i am|im|my (?:full )?name is|my (?:full )?name's|the name is|the name's|name's|name is|it's|"
    r"its|it is|this is|"
    r"you can call me|call me|just call me|(?:for|under|to) (?=\w)|in the name of|under the name(?: of)?|"
    r"name|full name|"
    r"ich bin(?: der| die)?|ich heisse|ich heise|mein (?:voller )?name ist|mein name lautet|name ist|"
    r"name lautet|auf den namen|"
    r"auf|hier ist|hier|das ist|der name ist|fur|vor- und nachname|bitte auf|"
    r"меня зовут|мое имя|мое фио|на имя|имя|фио|зовут|это|я|получатель|запишите на|запишите|пишите)\b ?[:=-]? ?)"
)
_INFLECTING = re.compile(r"^на (?!имя\b)|(?:\bна имя|\bзапишите на|\bдля)\b .*(?:[ыиую]|[ое]й)\b", re.IGNORECASE)
"""Such words bend the name behind them, and nobody knows how it stands by itself."""
_INITIAL = re.compile(r"(?<!\w)\w\.$")
_INITIALS = re.compile(r"(?<!\w)[^\W\d_]\.")
""""И. И." is no "and and"."""
_BEHIND = re.compile(r"[ ,]+(?:here|is my name|ist mein name|hier|меня зовут|зовут)$")
_LEFT_OUT = re.compile(rf"^(?:(?:{'|'.join(sorted(POLITE))})[, ]+)+|(?:[, ]+(?:{'|'.join(sorted(POLITE))}))+$")
_NO_NAMES = (
    (YES | NO | BACK | CANCEL | SKIP | POLITE)
    | word_set("""
    hello hi hey what why how who where when which not don't dont can't cant do does you your need want the
    and or is are it
    order delivery phone number email address tomorrow today asap same before again help human operator stop test
    anonymous nobody none know later above price cost would like my me we i to at for a an boxes box pack packs
    monday tuesday wednesday thursday friday saturday sunday morning evening afternoon
    hallo moin was warum wieso wie wer wo wann welche nicht ich siehe oben du sie ihr euch mein sag sage
    bestellung lieferung
    telefon nummer adresse morgen heute gleiche gleich wieder hilfe mensch keinen egal anonym spater und oder ist das
    montag dienstag mittwoch donnerstag freitag samstag sonntag abend nachmittag brauche mochte bitte
    привет здравствуйте что зачем почему как кто где когда какой какая не скажу знаю вы вам вас мне мое заказ доставка
    телефон номер адрес завтра сегодня опять снова помощь оператор человек никто потом позже и или это хочу нужно надо
    выше см тот же та же то тоже понедельник вторник среда четверг пятница суббота воскресенье вечером утром днем
""")
) - word_set("y k n j nee ne ок")
_SURNAMES = word_set(
    "price cost day may want stop friday monday sunday morgen abend heute mensch montag freitag samstag sonntag"
)
_FIRST_NAMES = word_set("jo may will")
"""What some people are called, behind a first name: "Vincent Price", or before another one: "Jo Smith"."""
_UNSEEN = frozenset(("Cf", "Co", "Cs", "Cn", "So", "Sk"))
"""Categories of characters that are left out: formats, emoji."""
_ALLOWED = frozenset(" '-.,’ʼ·")


def read_person_name(text: str) -> str:
    """Return the name in one line, as it was written; empty when the text is surely none or nobody can tell."""
    line = " ".join("".join(char for char in text if unicodedata.category(char) not in _UNSEEN).split())
    if not line or len(line) > _LONGEST or "?" in line or any(char.isdigit() or char in "@/" for char in line):
        return ""
    if _INFLECTING.search(line):
        return ""
    name = _bare(line).strip(" ,;:!-\"'«»„“”()").lstrip(".")
    name = name if _INITIAL.search(name) else name.rstrip(". ")
    words = words_of(_INITIALS.sub(" ", name))
    if name.istitle() and len(words) > 1 and words[0] in _FIRST_NAMES:
        words = words[1:]
    if name.istitle() and len(words) > 1 and words[-1] in _SURNAMES:
        words = words[:-1]
    if not 0 < len(words) <= _MOST_WORDS or not _NO_NAMES.isdisjoint(words):
        return ""
    fine = all(char.isalpha() or char in _ALLOWED or unicodedata.category(char)[0] == "M" for char in name)
    return name if fine and sum(map(str.isalpha, name)) > 1 else ""


def _bare(line: str) -> str:
    """Return the line without its introduction and its kindness; the letters that stay keep their writing."""
    folded = "".join(fold(char)[:1] for char in line)  # one letter for one, so that places stay the same
    if len(folded) != len(line):
        return line
    for pattern in (_LEFT_OUT, _INTRODUCED, _LEFT_OUT, _BEHIND):
        if said := pattern.search(folded):
            keep = slice(said.end(), None) if said.start() == 0 else slice(0, said.start())
            line, folded = line[keep], folded[keep]
    return line
