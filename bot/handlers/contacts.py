"""Which phone number or e-mail address a message leaves: one that was asked for, or one that plainly is the sender's.

Anna was asked and writes "mail me at anna@example.org please, the kettle is broken": the address is hers, and the rest
is read by the people. Nobody asked Boris; "+49 170 1234567" and "meine E-Mail ist boris@example.org" are still taken,
while "the parcel went to info@example.com" is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.conversation import Said
from bot.domain.message import ContentKind
from bot.faq.text import tokens
from bot.handlers.turn import Turn
from bot.orders.emails import emails_in
from bot.orders.phones import possible_phone, read_phone, regions_for, shared_phone

LONGEST = 500
"""Characters of a message in which a contact is looked for that nobody asked for."""
NUMBER = re.compile(r"(?<![\w+.,#-])(?:\+|\(?0|8(?=[\s(-]*9))[\d \u00a0()/.\-]{6,24}\d(?!\w)")
"""Digits as phone numbers are written: with +, with 0, or with the 8 of Russia; an order number has none of these."""
DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
OURS = re.compile(
    r"\bmy (e-?mail|mail|phone|mobile|cell|tel|number)\b|\b(e-?mail|mail|call|ring|phone|text|reach) me\b"
    r"|\bmeine? (e-?mail|mail|telefon|handy|mobil|rufn|nummer|tel)|\b(erreichen sie|rufen sie|ruft|erreicht) mich\b"
    r"|\b(bin|mich) (telefonisch |per mail )?(erreichbar|unter)\b|\b(schreiben|mailen) sie mir\b"
    r"|\bмо[йяи] (e-?mail|имейл|емейл|эл|почта|телефон|номер(?! заказ)|сотов|мобильн)"
    r"|(?:^|[.,;!?\n]\s*)(phone|mobile|tel|telefon|handy|mobil|телефон|тел|сотовый|мобильный)"
    r"( number| no| nummer|nummer)?\b[\s:.]*(?=[+(0])"
    r"|(пере|по)?звоните( мне)?\b|\bпишите (мне )?на\b|\bмне на (почту|телефон|номер)\b",
    re.IGNORECASE,
)
"""Words by which somebody says that a contact is their own."""
DENIED = frozenset(("not", "no", "isn", "wrong", "nicht", "kein", "keine", "falsch", "не", "нет"))
BESIDE = frozenset(
    "hi hello here is it please thanks thank you e mail email phone tel telephone number or and "  # noqa: SIM905 as people list words
    "hallo hier ist es bitte danke telefon nummer handy adresse oder und "
    "привет здравствуйте вот пожалуйста спасибо почта телефон номер тел или и".split()
)
"""Words beside a contact that make no more of it than the contact."""


@dataclass(frozen=True, slots=True)
class Left:
    """A contact that a message leaves; both are empty for none.

    Attributes:
        phone: E.164.
        email: in its normal writing.
        alone: the message says nothing else.
    """

    phone: str = ""
    email: str = ""
    alone: bool = True

    def __bool__(self) -> bool:
        return bool(self.phone or self.email)

    @property
    def shown(self) -> str:
        """Return the contact as it is read."""
        return ", ".join(filter(None, (self.phone, self.email)))


def asked_for(turn: Turn, said: Said) -> Left:
    """Return what somebody leaves who was asked for it; a card from their address book counts as well."""
    content, text = said.content, said.content.text.text.strip()
    if content.kind is ContentKind.CONTACT:
        return Left(shared_phone(str(content.details.get("phone", ""))))
    emails = emails_in(text)
    if len(emails) > 1:
        return Left()
    if emails:
        return Left("", emails[0], _alone(text))
    numbers = read_phone(text, _regions(turn)).numbers
    return Left(numbers[0] if numbers else possible_phone(text), "", _alone(text))


def volunteered(turn: Turn, said: Said) -> Left:
    """Return what somebody leaves who was not asked: their own card, or words that plainly are their contact."""
    content, text = said.content, said.content.text.text.strip()
    if content.kind is ContentKind.CONTACT:
        own = str(content.details.get("user", "")) == said.author.id
        return Left(shared_phone(str(content.details.get("phone", "")))) if own else Left()
    if content.kind is not ContentKind.TEXT or len(text) > LONGEST:
        return Left()
    plain = _alone(text)
    if not plain and (not OURS.search(text) or DENIED.intersection(tokens(text))):
        return Left()
    emails = emails_in(text)
    written = [found for found in NUMBER.findall(text) if not DATE.match(found)]
    phones = [found for one in written for found in read_phone(one, _regions(turn, one)).numbers[:1]]
    if len(emails) > 1 or len(phones) > 1:
        return Left()
    return Left(next(iter(phones), possible_phone(text) if len(written) == 1 else ""), next(iter(emails), ""), plain)


def _alone(text: str) -> bool:
    """Return whether a text has no words but greetings beside digits and addresses."""
    words = " ".join(word for word in text.split() if "@" not in word)
    return all(token.isdecimal() or token in BESIDE for token in tokens(words))


def _regions(turn: Turn, number: str = "") -> tuple[str, ...]:
    """Return the countries to try: Russia first for a number with its 8 in front, which Germany writes with 0."""
    return regions_for(
        *(("RU",) if number.startswith("8") else ()), languages=(turn.conversation.language, *turn.house.catalogues)
    )
