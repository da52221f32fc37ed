"""Reads an amount of money as people write it: "20 €", "EUR 19,90", "двадцать рублей", "1.500,00 €".

Only what is surely one amount is read. "1.000" is a thousand or one, "20-30 €" is two amounts, "20 bucks" is in
whatever dollars: there the customer is asked again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.orders.numbers import is_approximate, plain_number
from bot.orders.words import POLITE, fold, word_set


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount: its value, not rounded, and its currency's ISO 4217 code."""

    value: Decimal
    currency: str


_CURRENCIES = {
    "EUR": "€ eur euro euros евро",
    "USD": "$ usd dollar dollars доллар доллара долларов",
    "GBP": "£ gbp pound pounds pfund фунт фунта фунтов",
    "CHF": "chf franken fr sfr франк франка франков",
    "RUB": "₽ rub rur rubel rubles roubles руб рубль рубля рублей р",
    "UAH": "₴ uah hryvnia грн гривна гривны гривен гривень",
    "PLN": "zl zł pln zloty złoty злотый злотых",
    "KZT": "₸ kzt tenge тенге",
    "BYN": "byn",
    "CZK": "kč czk kronen",
}
_CURRENCY_OF = {name: code for code, names in _CURRENCIES.items() for name in names.split()}
_THOUSANDS = word_set("thousand tausend тысяча тысячи тысяч тысячу тыс")
_AROUND = POLITE | word_set("""
    i'd i would like it's it is the only just exactly for pay have ok yes amount sum
    ich hatte haette gern gerne es sind ist nur genau fur betrag summe ja zahle habe
    мне я всего только ровно на за сумма да плачу это
""")
_TOKEN = re.compile(r"\d+(?:[.,' ]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|[^\w\s.,;:!()\"]")
_WHOLE_OR_HUNDREDTHS = re.compile(r"\d+(?:[.,]\d{1,2})?")
_SPACED = re.compile(r"\d{1,3}(?:[ ']\d{3})+(?:[.,]\d{1,2})?")
_GROUPED = re.compile(
    r"\d{1,3}(?:\.\d{3})+,\d{1,2}|\d{1,3}(?:,\d{3})+\.\d{1,2}|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3}){2,}"
)
_NOTHING_BEHIND = re.compile(r"(?<=\d)[.,](?:-+)")
_LONGEST = 80


def read_amount(text: str, currency: str) -> Amount | None:
    """Return the one amount that the text surely names, or None.

    Args:
        text: what the customer wrote.
        currency: ISO 4217 code for an amount without one.
    """
    if len(text) > _LONGEST:
        return None
    folded = _NOTHING_BEHIND.sub(" ", fold(text).replace("\u00a0", " ").replace("\u202f", " ").replace("zł", "zl"))
    numbers: list[Decimal] = []
    currencies = set[str]()
    tokens = _TOKEN.findall(folded)
    if is_approximate(tokens):
        return None
    for token in tokens:
        if token in _CURRENCY_OF:
            currencies.add(_CURRENCY_OF[token])
        elif token in _THOUSANDS:
            numbers = [numbers.pop() * 1000 if numbers else Decimal(1000), *numbers]
        elif (value := _value(token)) is not None:
            numbers.append(value)
        elif token not in _AROUND:
            return None
    if len(numbers) != 1 or len(currencies) > 1:
        return None
    return Amount(numbers[0], next(iter(currencies), currency))


def _value(token: str) -> Decimal | None:
    """Return what a figure or a word is; "1.000" is None: a thousand, or one?"""
    if _WHOLE_OR_HUNDREDTHS.fullmatch(token):
        return Decimal(token.replace(",", "."))
    if _SPACED.fullmatch(token):
        return Decimal(token.replace(" ", "").replace("'", "").replace(",", "."))
    if _GROUPED.fullmatch(token):
        mark = max(token.rfind("."), token.rfind(","))
        behind = token[mark + 1 :]
        whole = re.sub(r"[.,]", "", token[:mark])
        return Decimal(f"{whole}.{behind}") if len(behind) < 3 else Decimal(whole + behind)  # noqa: PLR2004
    return plain_number(token)
