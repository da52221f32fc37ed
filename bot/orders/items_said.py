"""Reads which items a customer names, and how many of each.

"two boxes of sencha and one rooibos", "2x Sencha, 1 Ройбуш", "einmal den Frühstückstee". What may mean several items
("tea"), what has words beside it that nobody knows ("sencha without caffeine") and what is taken back in the same
breath is read as doubtful, and the form asks. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.orders.catalogue import Catalogue
from bot.orders.numbers import NUMBER_WORDS
from bot.orders.vocabulary import TOKEN, Vocabulary, is_size, tokens_of, vocabulary_of
from bot.orders.words import POLITE, fold, word_set

LONGEST = 600
"""Characters; who writes more than that writes a letter, not a list."""
MOST_PIECES = 9999

_PARTS = word_set(", ; \n & + and und plus sowie и") | {"\n"}
_SILENT = frozenset(".:!?\"'`´„“”«»•*·…()[]–—-/")
_AROUND = POLITE | word_set("""
    give send deliver delivery liefern lieferung доставка доставить доставьте пришлите привезите
    a an the i i'd i'll we would like to have want need take get order of from x me us also too more another then
    hi hello buy purchase take please would some
    der die das den dem des ich wir mochte moechte mochten hatte haette hatten gern gerne nehme nehmen brauche will
    bestelle bestellen bestell kaufe kaufen kauf nehmen haben etwas was von vom davon noch auch dazu dann mal hallo
    купить куплю приобрести взять оформить заказываю
    я мы мне нам хочу хотим бы буду возьму беру нужен нужна нужно нужны дайте можно еще тоже также заказать закажу
    здравствуйте добрый день привет
""")
COUNTED = word_set("""
    piece pieces pc pcs pack packs packet packets package packages bag bags box boxes tin tins can cans jar jars times
    stuck stueck stk st packung packungen packchen paeckchen paket pakete beutel tute tuten tuete tueten dose dosen
    schachtel schachteln
    шт штук штука штуки штуку упаковка упаковки упаковку упаковок пачка пачки пачку пачек пакет пакета пакетов пакетик
    пакетика пакетиков коробка коробки коробку коробок банка банки банку банок раз раза
""")
_TAKES_BACK = word_set("""
    no not none never without instead but except rather cancel don't or
    nicht kein keine keinen ohne statt sondern doch nein ausser lieber oder
    не нет без вместо кроме лучше но или никакой
""")
_ARTICLES = word_set("a an another")
_BULLET = re.compile(r"^\s*[-–*•]\s+", re.MULTILINE)
_TIMES = "mal"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that a text names.

    Attributes:
        skus: the items that may be meant, in the catalogue's order.
        quantity: pieces, 1 to 9999; None when the text does not surely say.
        sure: exactly one item is meant without doubt.
        said: the words as they were typed.
    """

    skus: tuple[str, ...]
    quantity: int | None
    sure: bool
    said: str
    vague: bool = False
    """No name is said, only what kind of thing, among words that nobody knows: "I want to resell your tea"."""


@dataclass(frozen=True, slots=True)
class ItemsReading:
    """What a text names, and the rest of its words that nobody knows."""

    wanted: tuple[Wanted, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class _Part:
    """A stretch of the text that names one item at most."""

    numbers: list[int | None] = field(default_factory=list)
    named: list[frozenset[str]] = field(default_factory=list)
    hinted: list[frozenset[str]] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    one: bool = False
    counted_first: bool = False

    @property
    def names(self) -> bool:
        """Whether any of its words stands in the catalogue."""
        return bool(self.named or self.hinted)


def read_items(text: str, catalogue: Catalogue, language: str = "") -> ItemsReading:  # noqa: ARG001 people mix languages
    """Return the items that a text names.

    Args:
        text: what the customer wrote.
        catalogue: what there is; also what is sold out is understood.
        language: the customer's; names are understood in all of the catalogue's.
    """
    if len(text) > LONGEST:
        return ItemsReading(unknown=(" ".join(text.split())[:LONGEST],))
    words = vocabulary_of(catalogue)
    tokens = tokens_of(_BULLET.sub("", text))
    taken_back = not _TAKES_BACK.isdisjoint(_without_names(words, tokens))
    parts = _joined(_parts(words, tokens))
    wanted = [_wanted(words, catalogue, part, doubt=taken_back) for part in parts if part.names]
    unknown = tuple(as_typed(part.strange, text) for part in parts if part.strange and not part.names)
    typed = [replace(one, said=as_typed(one.said.split(), text)) for one in _once_each(wanted)]
    return ItemsReading(tuple(typed), unknown)


def as_typed(words: Sequence[str], text: str) -> str:
    """Return the shortest stretch of a text that has these folded words in their order, as it was typed there."""
    words = [word for whole in words for word in whole.split() if not is_size(word)]
    tokens = [(said.span(), fold(said[0])) for said in TOKEN.finditer(text)]
    found = list[tuple[int, int]]()
    for place, (span, first) in enumerate(tokens):
        if not words or first != words[0]:
            continue
        ends, left = span[1], list(words[1:])
        for (_, end), later in tokens[place + 1 :]:
            if left and later == left[0]:
                ends = end
                left.pop(0)
        found += [] if left else [(span[0], ends)]
    start, end = min(found, key=lambda span: span[1] - span[0], default=(0, 0))
    return " ".join(text[start:end].split()) or " ".join(words)


_Piece = tuple[str, frozenset[str]]


def _pieces(words: Vocabulary, tokens: Sequence[str]) -> list[_Piece]:
    """Return each token with no SKUs, but whole names as one, with theirs; a name's own "without" is left out."""
    found = list(_all_pieces(words, tokens))
    behind = [*(piece for piece, _ in found), " "][1:]
    belongs = [
        not skus and piece in _TAKES_BACK and any((piece, near) in words.pairs for near in words.near(after))
        for (piece, skus), after in zip(found, behind, strict=True)
    ]
    return [one for one, left_out in zip(found, belongs, strict=True) if not left_out]


def _all_pieces(words: Vocabulary, tokens: Sequence[str]) -> Iterator[_Piece]:
    near = [words.near(token) if _may_name(token) else (token,) for token in tokens]
    at = 0
    while at < len(tokens):
        length, skus, marks = _name_at(words, tokens, near, at)
        yield " ".join(tokens[at : at + length + marks] if length else tokens[at : at + 1]), skus
        at += max(1, length + marks)


def _name_at(
    words: Vocabulary, tokens: Sequence[str], near: Sequence[tuple[str, ...]], at: int
) -> tuple[int, frozenset[str], int]:
    """Return the longest name from a token on: its words, whose it is, and the marks between them."""
    if not tokens[at][0].isalnum():
        return 0, frozenset(), 0
    places = [place for place in range(at, len(tokens)) if tokens[place][0].isalnum()]
    length, skus = words.phrase_at([near[place] for place in places])
    return length, skus, (places[length - 1] - at + 1 - length if length else 0)


def _may_name(token: str) -> bool:
    """Return whether a token may be a misspelt name; little words and numbers are what they are."""
    known = token in _AROUND or token in _PARTS or token in COUNTED or token in _TAKES_BACK or token in NUMBER_WORDS
    return token.isalpha() and not known


def _without_names(words: Vocabulary, tokens: Sequence[str]) -> set[str]:
    return {piece for piece, skus in _pieces(words, tokens) if not skus}


def _parts(words: Vocabulary, tokens: Sequence[str]) -> list[_Part]:
    """Return the stretches between commas and the like, and between one item and the next: "2 sencha 1 rooibos"."""
    pieces = _pieces(words, tokens)
    row, parts = [_Part()], list[_Part]()
    for place, (piece, skus) in enumerate(pieces):
        if piece in _PARTS and not skus:
            parts += _told_apart(row)
            row = [_Part()]
            continue
        number = None if skus else _number(pieces, place)
        names = bool(skus) or (number is None and _is_named(words, piece))
        part = row[-1]
        if part.names and (number is not None if part.counted_first else names and part.numbers):
            row.append(part := _Part())
        _put(words, part, piece, skus, number)
    return [*parts, *_told_apart(row)]


def _is_named(words: Vocabulary, piece: str) -> bool:
    return _may_name(piece) and any(word in words.names for word in words.near(piece))


def _told_apart(row: list[_Part]) -> list[_Part]:
    """Return the parts of a row; "sencha 2 rooibos" may count the one or the other."""
    named = [part for part in row if part.names]
    if len(named) > 1 and not all(part.numbers for part in named):
        for part in named:
            part.strange.append("?")
    return row


def _number(pieces: Sequence[_Piece], place: int) -> int | None:
    """Return the pieces that a token counts, 0 for a number that is no sure count, None for no number."""
    token = pieces[place][0]
    before = pieces[place - 1][0] if place else ""
    after = pieces[place + 1][0] if place + 1 < len(pieces) else ""
    if token[0].isdigit() and not is_size(token):
        sure = token.isdecimal() and len(token) <= len(str(MOST_PIECES)) and after not in {")", ".", "%", "€", "-", "–"}
        alone = before not in {"-", "–", "€", "#", "№", "/"} and after != "/"
        return int(token) if sure and alone else 0
    if token.endswith(_TIMES) and token.removesuffix(_TIMES) in NUMBER_WORDS:
        token = token.removesuffix(_TIMES)
    value = NUMBER_WORDS.get(token)
    return None if value is None else int(value) if value == int(value) else 0


def _put(words: Vocabulary, part: _Part, piece: str, skus: frozenset[str], number: int | None) -> None:
    """Add one token to a part."""
    if piece in _SILENT:
        return
    part.counted_first = part.counted_first or (number is not None and not part.names)
    part.said.append(piece)
    part.one = part.one or piece in _ARTICLES
    if skus:
        part.named.append(skus)
    elif number is not None:
        part.numbers.append(number if 0 < number <= MOST_PIECES else None)
    elif is_size(piece):
        part.sizes.append(piece)
    elif piece not in _AROUND and piece not in COUNTED:
        near = words.near(piece) if _may_name(piece) else ()
        named = frozenset[str]().union(*(words.names.get(word, frozenset()) for word in near))
        hinted = frozenset[str]().union(*(words.hints.get(word, frozenset()) for word in near))
        if named:
            part.named.append(named)
        elif hinted:
            part.hinted.append(hinted)
        else:
            part.strange.append(piece)


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts; what only counts or measures, as in "Sencha, 100 g, 2x", belongs to the name before it.

    With no name before it, as in "2 + 1 sencha", it belongs to the one behind, whose count it makes doubtful.
    """
    joined: list[_Part] = []
    for part in parts:
        if joined and part.names and not joined[-1].names and not joined[-1].strange:
            part.numbers[:0] = joined.pop().numbers
        if joined and joined[-1].names and not part.names and not part.strange:
            before = joined[-1]
            before.numbers += part.numbers
            before.sizes += part.sizes
            before.said += part.said
        else:
            joined.append(part)
    return joined


def _wanted(words: Vocabulary, catalogue: Catalogue, part: _Part, *, doubt: bool) -> Wanted:
    """Return what a part names: the items that all its words fit, else those that any of them fits."""
    sized = [words.sizes.get(size, frozenset()) for size in part.sizes]
    fit = frozenset.intersection(*part.named, *part.hinted, *sized) if part.named else frozenset()
    skus = fit or frozenset.union(*part.named, *part.hinted)
    sure = len(fit) == 1 and not part.strange and not doubt
    numbers = part.numbers or ([1] if part.one else [])
    quantity = numbers[0] if len(numbers) == 1 else None
    if part.strange or doubt:
        quantity = None
    in_order = tuple(item.sku for item in catalogue.items if item.sku in skus)
    vague = not part.named and any(word != "?" for word in part.strange)
    return Wanted(in_order, quantity, sure, " ".join(part.said), vague)


def _once_each(wanted: Sequence[Wanted]) -> Iterator[Wanted]:
    """Yield each item once; how many of one that is named twice are meant nobody knows."""
    seen = [one.skus for one in wanted]
    done: set[tuple[str, ...]] = set()
    for one in wanted:
        if one.skus not in done:
            done.add(one.skus)
            sure = all(other.sure for other in wanted if other.skus == one.skus)
            yield one if seen.count(one.skus) == 1 else Wanted(one.skus, None, sure, one.said)
