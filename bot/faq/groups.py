"""Questions without a sure answer, grouped with their likes: what the FAQ lacks, and what to make of it.

Twelve customers asked "do you have gaiwans", in twelve wordings. An admin sees one line with a 12, what became of them,
what an operator answered, and with one tap it is a phrasing of an entry, a draft of a new one, or off the list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, select

from bot.faq import store
from bot.faq.entry import LONGEST_PHRASING, MOST_PHRASINGS, FaqEntry, Text, clean
from bot.faq.masking import mask, without_marks
from bot.faq.text import key_of, stem, tokens
from bot.faq.words import FUNCTION_WORDS, GREETINGS, LESSER, PLEASE, QUESTION_WORDS
from bot.storage import schema

_G, _M, _SAID = schema.question_groups, schema.matches, schema.messages
MOST_COMPARED = 200  # groups of a language that a new question is compared with, the latest first
SAME_LETTERS = 88  # 0–100, RapidFuzz ratio of the sorted stems: a typing error in two words
SAME_WORDS = 0.5  # share of the stems, by weight, that two questions have in common
LIGHT = 0.5  # weight of a question word
EXAMPLES, ANSWERS, CANDIDATES = 5, 3, 3
SENTENCE_END = re.compile(r"[.!?…](?=\s)")


class State(StrEnum):
    """What became of a group."""

    OPEN = "open"
    DRAFTED = "drafted"
    ATTACHED = "attached"
    DISMISSED = "dismissed"


_LATEST = (
    select(_G.c.id, _G.c.stems)
    .where(_G.c.language == bindparam("language"), _G.c.state != State.ATTACHED.value)
    .order_by(_G.c.last_at.desc())
    .limit(MOST_COMPARED)
)
_ASKED_AGAIN = _G.update().where(_G.c.id == bindparam("which"))
_ADD = _G.insert().returning(_G.c.id)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What people did after their question: each of them is one, but for `asked`, which is all.

    Attributes:
        asked: how often.
        picked: took one of the near matches.
        handed_over: came to a person.
        not_helpful: said 👎 to the answer they got.
        gave_up: did nothing more.
    """

    asked: int
    picked: int = 0
    handed_over: int = 0
    not_helpful: int = 0
    gave_up: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that mean the same.

    Attributes:
        id: our id.
        language: in which they were asked.
        example: one of them, masked.
        state: what became of it.
        entry: the entry that it went into, or empty.
        outcomes: how often, and what people did next.
        last_at: asked last, UTC.
    """

    id: int
    language: str
    example: str
    state: State
    entry: str
    outcomes: Outcomes
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Details:
    """What an admin needs to decide about a group.

    Attributes:
        group: itself.
        questions: distinct wordings, the latest first, masked.
        candidates: entries that came nearest, best first.
        answers: what operators answered, masked, the latest first.
    """

    group: Group
    questions: tuple[str, ...]
    candidates: tuple[str, ...]
    answers: tuple[str, ...]


class Problem(StrEnum):
    """Why a group could not be taken over; the values are keys of the catalogues."""

    GONE = "unanswered.gone"
    NO_WORDS = "unanswered.no_words"
    NO_LANGUAGE = "unanswered.no_language"
    OTHER_LANGUAGE = "unanswered.other_language"
    TAKEN = "unanswered.taken"
    FULL = "unanswered.full"
    SETTLED = "unanswered.settled"


@lru_cache(maxsize=4_096)
def weights(question: str, language: str) -> Mapping[str, float]:
    """Return the stems that a question is compared by, each with its weight (0–1); small words are left out."""
    small = (FUNCTION_WORDS.get(language[:2], frozenset()) | PLEASE | LESSER) - QUESTION_WORDS
    words = tokens(without_marks(question))
    greeting = GREETINGS.get(language[:2], frozenset())
    kept = [word for word in words if word not in small and word not in greeting] or words
    return {stem(word, language): LIGHT if word in QUESTION_WORDS else 1.0 for word in kept}


def nearest(stems: Mapping[str, float], known: Sequence[tuple[int, str]]) -> int | None:
    """Return the id of the group whose stems are most like these, or None.

    Args:
        stems: of a question, with weights.
        known: (id, sorted stems) of each group; of equals the first wins.
    """
    key = _key(stems)
    if not key:
        return None
    from rapidfuzz import fuzz, process  # a start without questions does not need it

    found = process.extractOne(key, [one for _, one in known], scorer=fuzz.ratio, score_cutoff=SAME_LETTERS)
    if found is not None:
        return known[found[2]][0]
    best, share = None, SAME_WORDS
    telling = {one for one, weight in stems.items() if weight > LIGHT} or set(stems)
    for number, other in known:
        others = other.split()
        if telling.isdisjoint(others):
            continue
        alike = _alike(stems, others)
        if alike > share or (best is None and alike == share):
            best, share = number, alike
    return best


def _alike(stems: Mapping[str, float], others: Sequence[str]) -> float:
    question_stems = _question_stems()
    weight = {one: LIGHT if one in question_stems else 1.0 for one in others} | dict(stems)
    both = sum(weight[one] for one in others if one in stems)
    return both / sum(weight.values())


@lru_cache(maxsize=1)
def _question_stems() -> frozenset[str]:
    return frozenset(stem(word, language) for word in QUESTION_WORDS for language in ("en", "de", "ru"))


def _key(stems: Mapping[str, float]) -> str:
    return " ".join(sorted(stems))


def join(conn: Connection, question: str, language: str, now: datetime) -> int:
    """Put a question to its likes and return the group's id.

    What was dismissed stays so with all that joins it; a question like one that was attached begins a new group.

    Args:
        conn: a connection.
        question: masked.
        language: in which it was asked.
        now: the time.
    """
    stems = weights(question, language)
    known = [(number, other) for number, other in conn.execute(_LATEST, {"language": language})]
    number = nearest(stems, known)
    if number is not None:
        conn.execute(_ASKED_AGAIN, {"which": number, "last_at": now})
        return number
    values = {"language": language, "stems": _key(stems), "example": question, "last_at": now}
    return int(conn.execute(_ADD, values).scalar_one())


def overview(conn: Connection, most: int = 20, start: int = 0) -> list[Group]:
    """Return the open groups, the most asked first; at most so many, from a place on (0 for the first)."""
    query = _counted().where(_G.c.state == State.OPEN.value).group_by(_G.c.id)
    rows = conn.execute(query.order_by(func.count(_M.c.id).desc(), _G.c.last_at.desc()).limit(most).offset(start))
    return [_group(row) for row in rows]


def count_open(conn: Connection) -> int:
    """Return how many groups wait for an admin."""
    return int(conn.execute(select(func.count()).where(_G.c.state == State.OPEN.value)).scalar_one())


def details(conn: Connection, number: int) -> Details | None:
    """Return what an admin needs to decide about a group, or None when there is no such group."""
    row = conn.execute(_counted().where(_G.c.id == number).group_by(_G.c.id)).one_or_none()
    if row is None:
        return None
    asked = list(
        conn.execute(
            select(_M.c.question, _M.c.candidates, _M.c.conversation_id, _M.c.message_id, _M.c.handed_over)
            .where(_M.c.group_id == number)
            .order_by(_M.c.id.desc())
            .limit(50)
        )
    )
    questions = tuple(dict.fromkeys(one.question for one in asked))[:EXAMPLES]
    chances: dict[str, float] = {}
    for one in asked:
        for entry, chance in one.candidates:
            chances[entry] = chances.get(entry, 0.0) + float(chance)
    best = sorted(chances, key=lambda entry: -chances[entry])[:CANDIDATES]
    answers = _answers(conn, [(one.conversation_id, one.message_id) for one in asked if one.handed_over])
    return Details(_group(row), questions, tuple(best), answers)


def _answers(conn: Connection, places: Sequence[tuple[int, int | None]]) -> tuple[str, ...]:
    """Return what operators wrote after these lines: of the first three messages the longest, which is no greeting."""
    found: dict[str, None] = {}
    for conversation, message in places[: 2 * ANSWERS]:
        query = (
            select(_SAID.c.text)
            .where(_SAID.c.conversation_id == conversation, _SAID.c.id > (message or 0))
            .where(_SAID.c.author == "operator", _SAID.c.text != "")
            .order_by(_SAID.c.id)
            .limit(3)
        )
        said = [mask(row.text) for row in conn.execute(query)]
        if said:
            found.setdefault(max(said, key=len))
    return tuple(found)[:ANSWERS]


def wording(question: str) -> str:
    """Return a masked question as a phrasing: on one line, without the marks, no longer than a phrasing may be.

    A longer one ends where its last whole sentence does, else behind its last whole word.
    """
    line = _line(question)
    if len(line) <= LONGEST_PHRASING:
        return line
    head = line[: LONGEST_PHRASING + 1]
    ends = [found.end() for found in SENTENCE_END.finditer(head)]
    return head[: ends[-1]] if ends else head[:LONGEST_PHRASING].rpartition(" ")[0] or head[:LONGEST_PHRASING]


def shortened(question: str) -> bool:
    """Return whether a question is too long to be a phrasing as a whole."""
    return len(_line(question)) > LONGEST_PHRASING


def _line(question: str) -> str:
    return " ".join(clean(without_marks(question)).split())


def attach(
    conn: Connection, number: int, key: str, languages: Sequence[str], staff: int | None, now: datetime
) -> FaqEntry | Problem:
    """Make a group's example a phrasing of an entry, live at once; of a long one its beginning.

    Args:
        conn: a connection.
        number: the group's id.
        key: the entry's id.
        languages: of the settings.
        staff: who decided it.
        now: the time.

    Returns:
        The entry as it is now, or what stands against it.
    """
    store.hold(conn)
    found, entry = details(conn, number), store.get(conn, key)
    if found is None or entry is None:
        return Problem.GONE
    phrasing, language = wording(found.group.example), found.group.language
    if not tokens(phrasing):
        return Problem.NO_WORDS
    text = entry.texts.get(language)
    if text is None:
        return Problem.NO_LANGUAGE if language in languages else Problem.OTHER_LANGUAGE
    if _owner(conn, phrasing) not in {"", key}:
        return Problem.TAKEN
    if key_of(phrasing) not in {key_of(one) for one in entry.phrasings(language)}:
        if len(text.phrasings) >= MOST_PHRASINGS:
            return Problem.FULL
        entry = replace(entry, texts={**entry.texts, language: replace(text, phrasings=(*text.phrasings, phrasing))})
        store.save(conn, entry, staff, now)
    _settle(conn, number, State.ATTACHED, key, staff, now)
    return entry


def _owner(conn: Connection, phrasing: str) -> str:
    """Return the id of an entry that has this phrasing, empty for none."""
    wanted = key_of(phrasing)
    return next(
        (
            entry.id
            for entry in store.list_entries(conn)
            for code in entry.texts
            if any(key_of(one) == wanted for one in entry.phrasings(code))
        ),
        "",
    )


def draft(conn: Connection, number: int, answer: str, staff: int | None, now: datetime) -> FaqEntry | Problem:
    """Make a new entry of a group, switched off until an admin switches it on; return it, or what stands against.

    Of questions that are too long for a phrasing it takes the beginning.

    Raises:
        EntryBroken: the answer is too long.
    """
    store.hold(conn)
    found = details(conn, number)
    if found is None:
        return Problem.GONE
    if found.group.state in {State.DRAFTED, State.ATTACHED} and store.get(conn, found.group.entry):
        return Problem.SETTLED
    wordings = [one for said in (found.group.example, *found.questions) if tokens(one := wording(said))]
    if not wordings:
        return Problem.NO_WORDS
    question, *others = wordings
    distinct = {key_of(one): one for one in reversed(others) if key_of(one) != key_of(question)}
    text = Text(question, tuple(distinct.values())[::-1], answer)
    body = FaqEntry(store.free_id(conn, question), {found.group.language: text}, enabled=False).to_dict()
    entry = FaqEntry.from_dict(body)
    store.save(conn, entry, staff, now)
    _settle(conn, number, State.DRAFTED, entry.id, staff, now)
    return entry


def dismiss(conn: Connection, number: int, staff: int | None, now: datetime) -> None:
    """Take a group off the list, with whatever joins it later."""
    _settle(conn, number, State.DISMISSED, "", staff, now)


def reopen(conn: Connection, number: int) -> None:
    """Put a group on the list again."""
    values = {"state": State.OPEN.value, "entry": "", "staff_id": None, "settled_at": None}
    conn.execute(_G.update().where(_G.c.id == number), values)


def made(group: Group, before: FaqEntry | None, after: FaqEntry) -> bool:
    """Return whether a change of an entry was this group's becoming a phrasing of it, and nothing else."""
    text = after.texts.get(group.language)
    old = before.texts.get(group.language) if before else None
    if before is None or text is None or old is None:
        return False
    taken_out = replace(text, phrasings=text.phrasings[:-1])
    same = replace(after, texts={**after.texts, group.language: taken_out}) == before
    return same and text.phrasings[-1:] == (wording(group.example),)


def _settle(conn: Connection, number: int, state: State, entry: str, staff: int | None, now: datetime) -> None:
    values = {"state": state.value, "entry": entry, "staff_id": staff, "settled_at": now}
    conn.execute(_G.update().where(_G.c.id == number), values)


def _counted() -> Any:  # noqa: ANN401 a select of a group's columns and counts
    picked = and_(_M.c.decision == "suggest", _M.c.entry != "")

    def many(condition: Any) -> Any:  # noqa: ANN401 SQL
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    return select(
        _G,
        func.count(_M.c.id).label("asked"),
        many(_M.c.handed_over).label("handed_over"),
        many(and_(picked, _M.c.handed_over.is_(False))).label("picked"),
        many(and_(_M.c.helpful.is_(False), _M.c.handed_over.is_(False), ~picked)).label("not_helpful"),
    ).select_from(_G.join(_M, _M.c.group_id == _G.c.id))


def _group(row: Row[Any]) -> Group:
    rest = row.asked - row.handed_over - row.picked - row.not_helpful
    outcomes = Outcomes(row.asked, row.picked, row.handed_over, row.not_helpful, rest)
    return Group(row.id, row.language, row.example, State(row.state), row.entry, outcomes, row.last_at)
