"""Words that mean the opposite of each other: a question and a phrasing that are alike in all but these are not alike.

"How do I unsubscribe?" is one syllable from "How do I subscribe?", by its letters and by its meaning, and asks for
something else. Whoever asks so gets near matches at most, never the answer. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import product

from bot.faq.text import stem, tokens

SUREST_OF_OPPOSITES = 0.5
"""The surest chance of an entry that speaks of the opposite: it may be suggested, beside the one that was meant.

On the development sets, cut to three and to ten phrasings an entry, 10 of 69 such matches were right.
"""
SHORTEST_ROOT = 4
"""Letters that two words have in common behind their prefixes: `aufladen` and `abladen`, not `ein` and `aus`."""
MOST_LOOKED_AT = 64
"""Phrasings of an entry among which is looked for one that says the question's own word."""

PAIRS: Mapping[str, str] = {
    "en": """
        on / off; open opened opening / close closed closing shut; add adding added / remove removing removed delete
        deleting deleted; start starting started begin / stop stopping stopped cancel cancelling canceled cancelled end;
        pause paused / resume continue; enable enabled / disable disabled; increase raise extend lengthen / decrease
        reduce lower shorten; more longer bigger higher earlier faster / less shorter smaller later slower fewer;
        before / after; with / without; buy buying bought / sell selling sold; send sending / receive receiving;
        accept accepted allow allowed / refuse refused reject rejected decline declined forbid forbidden;
        arrive arrival arriving / depart departure leaving; deposit / withdraw withdrawal; login / logout; up / down;
        hot warm / cold; big large / small; new / old used; cheap cheaper cheapest / expensive; borrow / lend;
        push / pull; win won / lose lost; join / leave quit; show / hide; create created / delete deleted;
        upload / download; import / export; public / private; incoming / outgoing; lock / unlock
    """,
    "de": """
        öffnen geöffnet / schliessen geschlossen; hinzufügen ergänzen / entfernen löschen streichen; starten
        beginnen / stoppen beenden abbrechen stornieren kündigen; pausieren / fortsetzen; erhöhen verlängern
        vergrössern steigern / senken verringern reduzieren verkürzen verkleinern; mehr länger grösser höher
        früher schneller / weniger kürzer kleiner niedriger später langsamer; mit / ohne; kaufen / verkaufen;
        senden schicken verschicken / empfangen erhalten bekommen; annehmen akzeptieren erlauben / ablehnen
        verweigern verbieten; ankunft ankommen / abfahrt abreise abreisen; einzahlen / auszahlen abheben; rauf
        herauf / runter herunter; heiss warm / kalt; gross / klein; neu / alt gebraucht; billig günstig / teuer;
        beitreten / austreten; anzeigen / ausblenden verbergen; erstellen anlegen / löschen; hochladen /
        herunterladen; importieren / exportieren; öffentlich / privat; sperren / entsperren
    """,
    "ru": """
        открыть открывать открыт открыто / закрыть закрывать закрыт закрыто; добавить добавлять / удалить удалять
        убрать; начать начинать запустить / остановить закончить завершить прекратить отменить; приостановить /
        продолжить возобновить; включить включать включи / выключить выключать выключи отключить отключать отключи;
        увеличить повысить продлить / уменьшить снизить понизить сократить; больше дольше выше раньше быстрее / меньше
        короче ниже позже медленнее; с со / без; купить покупать / продать продавать; отправить послать / получить
        принять; принять разрешить / отклонить отказать запретить; прибыть приезд прибытие / отъезд отправление; внести
        пополнить / снять вывести; вверх / вниз; горячий теплый / холодный; большой / маленький; новый / старый; дешевый
        дешевле / дорогой дороже; вступить / выйти покинуть; показать / скрыть; создать / удалить; загрузить / скачать;
        войти вход / выйти выход
    """,
}
"""Sides of a pair are parted by `/`, pairs by `;`; each word of one side is the opposite of each of the other."""

PREFIXES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (("", "un"), ("", "dis"), ("", "de"), ("en", "dis"), ("up", "down"), ("", "non")),
    "de": (
        ("auf", "ab"),
        ("auf", "zu"),
        ("an", "aus"),
        ("an", "ab"),
        ("ein", "aus"),
        ("be", "ent"),
        ("ver", "ent"),
        ("", "un"),
        ("", "de"),
    ),
    "ru": (("в", "вы"), ("в", "от"), ("за", "от"), ("за", "раз"), ("при", "у"), ("под", "от"), ("", "не"), ("", "раз")),
}

OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    language: tuple(prefixes.split())
    for language, prefixes in {
        "en": "un dis de re pre non mis over under out up down anti sub inter co",
        "de": """
            ab an auf aus be bei durch ein ent er fort her hin hinter los miss mit nach neben über um un unter ver vor
            weg wider wieder zer zu zurück de re
        """,
        "ru": "в вы за от об при пре про пере под над раз рас рос без бес до из ис не на по у с воз вос пред недо",
    }.items()
}
"""Prefixes that make another word of one: who writes `Umbestellung` did not mistype `Bestellung`."""
DENYING: Mapping[str, tuple[str, frozenset[str], frozenset[str]]] = {
    "en": ("how", frozenset({"not", "don't", "never"}), frozenset({"to", "be", "get"})),
    "de": ("wie", frozenset({"nicht", "kein", "keine", "keinen"}), frozenset({"mehr", "länger"})),
    "ru": ("как", frozenset({"не"}), frozenset({"больше"})),
}
"""How a question for a way begins, what denies the next word, and small words between the two."""
SHORTEST_PREFIX = 2  # letters; one of a single letter may be swapped for another, but not put before a word or left out


@cache
def _opposing(language: str) -> Mapping[str, frozenset[str]]:
    """Return the stems that oppose each stem of a language."""
    found: dict[str, set[str]] = {}
    for pair in PAIRS[language[:2]].split(";") if language[:2] in PAIRS else ():
        sides = [[stem(word, language) for word in side.split()] for side in pair.split("/")]
        for one, other in (sides, sides[::-1]):
            for word in one:
                found.setdefault(word, set()).update(other)
    return {word: frozenset(others - {word}) for word, others in found.items()}


def are_opposites(one: str, other: str, language: str) -> bool:
    """Return whether two stems are opposites: by the lists, or by prefixes before what they have in common."""
    if one == other:
        return False
    return other in _opposing(language).get(one, ()) or _by_prefix(one, other, language)


def _by_prefix(one: str, other: str, language: str) -> bool:
    for first, second in PREFIXES.get(language[:2], ()):
        for before, after in ((first, second), (second, first)):
            root = one[len(before) :]
            if one.startswith(before) and len(root) >= SHORTEST_ROOT and other == after + root:
                return True
    return False


@lru_cache(maxsize=1_024)
def others_like(word: str, language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what is another word though it is written much alike: opposites, and words with another prefix.

    `abmelden` has the opposite `anmelden`, and `ummelden` and `melden` beside it; whether they are words nobody knows.
    """
    code, own = language[:2], stem(word, language)
    listed = (pair.split("/") for pair in PAIRS.get(code, "").split(";"))
    sides = ([side.split() for side in pair] for pair in listed)
    opposites = {
        other
        for pair in sides
        for one, others in zip(pair, pair[::-1], strict=True)
        if own in {stem(each, language) for each in one}
        for other in others
    }
    swapped = [pair for way in PREFIXES.get(code, ()) if all(way) for pair in (way, way[::-1])]
    opposites.update(_swapped(word, swapped))
    prefixes = ("", *OTHER_WORDS.get(code, ()))
    ways = [
        (before, after)
        for before, after in product(prefixes, repeat=2)
        if before != after and (all((before, after)) or len(before + after) >= SHORTEST_PREFIX)
    ]
    return frozenset(opposites - {word}), frozenset(_swapped(word, ways) - opposites - {word})


def _swapped(word: str, ways: Iterable[tuple[str, str]]) -> set[str]:
    """Return a word with other prefixes before what is left of it without its own."""
    return {
        after + word[len(before) :]
        for before, after in ways
        if word.startswith(before) and len(word) - len(before) >= SHORTEST_ROOT
    }


def contrary(asked: Sequence[str], phrasing: str, others: Iterable[str], language: str) -> tuple[str, str] | None:
    """Return a word of a question and its opposite in the nearest phrasing; None where they do not part so.

    "How do I not subscribe" is contrary to a phrasing that asks how to subscribe; "it does not work" is to none. A
    question that has both words, and an entry that says the question's word in another phrasing, are not contrary.

    Args:
        asked: words of the question.
        phrasing: the nearest one.
        others: all phrasings of its entry.
        language: of all of them.
    """
    mine = {stem(word, language): word for word in asked}
    said = {stem(word, language): word for word in tokens(phrasing)}
    if denied := _denied(asked, said, language):
        return denied
    found = [
        (mine[one], said[other], one)
        for one in mine
        if one not in said
        for other in said
        if other not in mine and are_opposites(one, other, language)
    ]
    if not found:
        return None
    known = {stem(word, language) for other in list(others)[:MOST_LOOKED_AT] for word in tokens(other)}
    return next(((own, other) for own, other, root in found if root not in known), None)


def _denied(asked: Sequence[str], said: Mapping[str, str], language: str) -> tuple[str, str] | None:
    """Return what somebody asks how not to do, and the same in a phrasing that denies nothing.

    Only of questions that begin with how: elsewhere people deny what they complain of, and mean the phrasing.
    """
    how, nots, passed = DENYING.get(language[:2], ("", frozenset(), frozenset()))
    if not asked or asked[0] != how or nots & set(said.values()):
        return None
    for at, word in enumerate(asked):
        if word in nots:
            after = next((one for one in asked[at + 1 :] if one not in passed), "")
            if stem(after, language) in said:
                return f"{word} {after}", said[stem(after, language)]
    return None
