"""How customers call a way of delivery that its owner calls otherwise: "to my house", "liefern", "почтой", "by mail".

An option counts as brought or as fetched by the words on it: "Home, by DHL" is brought, "Abholung im Laden" is fetched.
Only where exactly one option is of the kind that is meant, it is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.orders.fields import Option
from bot.orders.words import POLITE, word_set, words_of

BROUGHT = word_set("""
    home house door address deliver delivery delivered ship shipping send mail post parcel courier dhl
    liefern lieferung lieferst liefert hause zuhause haus haustur versand versenden schicken post paket zusenden
    доставка доставкой доставку доставьте доставить домой дом дому дома курьером почтой почта посылкой
    привезите отправьте
""")
FETCHED = word_set("""
    pickup pick-up pick collect collection fetch shop store
    abholen abholung abhole hole holen ab laden geschaft selbst
    самовывоз самовывозом заберу забрать забираю магазин магазине магазина сам сама
""")
LITTLE = word_set("""
    i i'll i'd like want to my me it up by with via from your the at in on as a please
    ich will mochte moechte nach mir mich es per mit die der das den dem an zu zum zur im in ins bei vor ort aus
    я хочу мне на в во по из с со у меня к до
""")


def way_meant(options: Sequence[Option], text: str) -> str:
    """Return the key of the one option that a text means, empty for none or for what may be several."""
    said = set(words_of(text)) - POLITE - LITTLE
    for kind, other in ((BROUGHT, FETCHED), (FETCHED, BROUGHT)):
        if said and said <= kind:
            found = [option.key for option in options if _called(option) & kind and not _called(option) & other]
            return found[0] if len(found) == 1 else ""
    return ""


def _called(option: Option) -> set[str]:
    return {word for label in option.label.values() for word in words_of(label)}
