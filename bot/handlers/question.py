"""A customer asks: the bot answers from the FAQ, offers near matches, or hands over.

"wat kostet der versand" is answered with the delivery prices; below it 👍, 👎 and "talk to a person". At "does it fit"
the bot shows the three entries that come nearest; at "my parcel is wet" it fetches somebody. Whose chat people closed a
short time ago is shown no near matches: what is not surely answered goes back to the people.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.conversation import Pressed, Said
from bot.domain.message import Button, ContentKind, Rows
from bot.faq import unanswered
from bot.faq.answer import render
from bot.faq.entry import FaqEntry, wording_in
from bot.faq.knowledge_base import Snapshot, digest
from bot.faq.smalltalk import Kind, kind_of, said_in, said_no
from bot.faq.unanswered import Logged
from bot.handlers import attachments, feedback, offered, operator, relay, start
from bot.handlers.turn import Saying, Sayings, Turn, drop_buttons, rows, say
from bot.handoff.ticket import Reason

if TYPE_CHECKING:  # the matcher brings numpy and RapidFuzz, which a start without questions does not need
    from bot.faq.matcher import Match
    from bot.handlers.reporting import Counted

LONGEST_ID = 16
PLACES = ("0", "1", "2")
"""Of the near matches, as their buttons name them."""
LONGEST_QUOTE = 200
OFFERED_FOR = timedelta(minutes=10)
SHORTEST_FOR_LANGUAGE = 3
"""Words that a message needs before the bot changes to its language."""

SMALL_TALK = {
    Kind.GREETING: "question.greeting",
    Kind.THANKS: "question.thanks",
    Kind.GOODBYE: "question.goodbye",
    Kind.CONFIRMING: "question.what_can_i_do",
    Kind.EMOJI: "question.what_can_i_do",
    Kind.EMPTY: "question.what_can_i_do",
    Kind.NUMBER: "question.number",
    Kind.ROBOT: "question.robot",
    Kind.SWEARING: "question.swearing",
}
WITH_A_PERSON = {Kind.NUMBER, Kind.ROBOT, Kind.SWEARING}
"""Small talk below which a person is offered."""
ALWAYS_SMALL_TALK = {Kind.HUMAN, Kind.SWEARING, Kind.EMPTY}
"""What is so even if a phrasing of the FAQ equals it; the rest an owner may answer otherwise."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was found before the turn began: by the base for a message, in the figures for a `/report`.

    Attributes:
        match: None while no index is there.
        snapshot: the base that was asked.
        counted: the figures that somebody who may asks for.
    """

    match: Match | None
    snapshot: Snapshot
    counted: Counted | None = None

    @property
    def sure(self) -> FaqEntry | None:
        """The entry that answers for sure, or None."""
        if self.match is None or self.match.kind != "answer":
            return None
        return self.snapshot.entries.get(self.match.candidates[0].entry)

    @property
    def answers(self) -> list[tuple[str, Match, FaqEntry]]:
        """What has a sure answer: the whole message, its text empty here, or some of the questions in it."""
        if self.match is None:
            return []
        asked = [(part.text, part.match) for part in self.match.parts] or [("", self.match)]
        sure = [(text, match) for text, match in asked if match.kind == "answer"]
        found = [(text, match, self.snapshot.entries.get(match.candidates[0].entry)) for text, match in sure]
        return [(text, match, entry) for text, match, entry in found if entry is not None]


def ask(turn: Turn, said: Said, asked: Asked, line: int) -> Sayings:
    """Answer a message of somebody whom nobody else attends to."""
    text = said.content.text.text
    if said.content.kind is not ContentKind.TEXT:
        return _not_a_text(turn, said, line)
    kind = kind_of(text, turn.conversation.language)
    if kind is not Kind.QUESTION and not _faq_answers(asked, kind):
        chosen_in_words = _about_near_matches(turn, text, kind)
        if chosen_in_words is not None:
            return chosen_in_words
        if not turn.conversation.language_chosen:
            turn.speak(said_in(text, turn.conversation.language, turn.house.catalogues))
        return _small_talk(turn, kind)
    if asked.match is None:
        return operator.hand_over(turn, Reason.FAULT)
    adopt_language(turn, text, asked.match)
    if asked.match.parts:
        return _several(turn, asked, line)
    return _one(turn, text, asked, line)


def _one(turn: Turn, text: str, asked: Asked, line: int) -> Sayings:
    """Answer one question."""
    assert asked.match is not None  # noqa: S101 the caller looked
    key = record(turn, text, asked.match, asked.snapshot, line)
    entry = asked.sure
    if entry is not None:
        return answer(turn, entry, key, asked.snapshot)
    if operator.comes_back(turn):
        return operator.hand_over(turn, Reason.NO_MATCH)
    if asked.match.kind == "suggest":
        return [suggest(turn, asked, key)]
    return _unsure(turn)


def _not_a_text(turn: Turn, said: Said, line: int) -> Sayings:
    """A photo or a place says nothing to the FAQ: its caption may; else it is for people."""
    if said.content.kind in {ContentKind.STICKER, ContentKind.DICE}:
        return [say(turn.texts("question.what_can_i_do"))]
    return [*operator.hand_over(turn, Reason.MEDIA), *relay.desk_copy(turn, said, line)]


def _faq_answers(asked: Asked, kind: Kind) -> bool:
    """Return whether the owner wrote an entry for what else would be small talk."""
    if kind in ALWAYS_SMALL_TALK or asked.match is None or asked.sure is None:
        return False
    return asked.match.exact or kind in {Kind.ROBOT, Kind.HELP}


def surely_answered(asked: Asked, kind: Kind) -> bool:
    """Return whether an entry of the FAQ answers a message of this kind for sure."""
    return bool(asked.sure) and (kind is Kind.QUESTION or _faq_answers(asked, kind))


def _small_talk(turn: Turn, kind: Kind) -> Sayings:
    """Return the answer to what is no question."""
    if kind is Kind.HUMAN:
        return operator.hand_over(turn, Reason.ASKED)
    if kind is Kind.HELP:
        return [start.help_text(turn)]
    if kind is Kind.UNHELPED:
        return feedback.did_not_help(turn)
    text = turn.texts(SMALL_TALK[kind], name=turn.conversation.name)
    return [say(text, rows(_human(turn)) if kind in WITH_A_PERSON else ())]


def adopt_language(turn: Turn, text: str, match: Match, *, new: bool = False) -> None:
    """Go on in the language that the customer writes, where their words tell it, unless they chose one.

    Somebody's first words tell it however few they are.
    """
    tells = new or (match.telling and len(text.split()) >= SHORTEST_FOR_LANGUAGE)
    if tells and not turn.conversation.language_chosen:
        turn.speak(match.language)


def record(turn: Turn, text: str, match: Match, snapshot: Snapshot, line: int | None) -> int:
    """Write down a question and what the base made of it; returns our id of it."""
    candidates = [(candidate.entry, round(candidate.confidence, 4)) for candidate in match.candidates]
    return unanswered.record(
        turn.conn,
        turn.conversation.id,
        line,
        text,
        match.language,
        match.kind,
        candidates,
        snapshot.version,
        turn.now,
        match.calibrated,
    )


def _several(turn: Turn, asked: Asked, line: int) -> Sayings:
    """Answer the questions of one message that have a sure answer, and say openly which have none."""
    sayings: Sayings = []
    for text, match, entry in asked.answers:
        sayings += answer(turn, entry, record(turn, text, match, asked.snapshot, line), asked.snapshot)
    open_ones = left_open(turn, asked, line)
    if open_ones and operator.comes_back(turn):
        return [*sayings, *operator.hand_over(turn, Reason.NO_MATCH)]
    return [*sayings, *open_ones]


def left_open(turn: Turn, asked: Asked, line: int) -> Sayings:
    """Return what of a message has no sure answer, with near matches and a way to a person; nothing where all has."""
    given = {entry.id for _, _, entry in asked.answers}
    parts = asked.match.parts if asked.match else ()
    rest = [part for part in parts if part.match.kind != "answer" or part.match.candidates[0].entry not in given]
    if not rest:
        return []
    near: list[Button] = []
    for part in rest:
        key = record(turn, part.text, part.match, asked.snapshot, line)
        if part.match.kind == "suggest":
            near += _near(turn, part.match, key, asked.snapshot, beside=given)
    listed = "\n".join(turn.texts("question.quoted", question=part.text[:LONGEST_QUOTE]) for part in rest)
    sentence = turn.texts("question.open_ones", n=len(rest), questions=listed)
    if near:
        sentence += f"\n{turn.texts('question.suggest')}"
    return [say(sentence, rows(*near[: turn.house.settings.faq.policy.suggest], _human(turn)))]


def unsure_beside(turn: Turn, text: str, asked: Asked, line: int) -> Sayings:
    """Say of a question in the middle of something else that there is no sure answer, with what comes nearest."""
    if asked.match is None or asked.match.parts:
        return left_open(turn, asked, line)
    key = record(turn, text, asked.match, asked.snapshot, line)
    if asked.match.kind == "suggest":
        return [suggest(turn, asked, key)]
    quoted = turn.texts("question.quoted", question=text[:LONGEST_QUOTE])
    return [say(turn.texts("question.open_ones", n=1, questions=quoted), rows(_human(turn)))]


def _unsure(turn: Turn) -> Sayings:
    policy = turn.house.settings.faq.policy.no_match
    if policy == "rephrase" and not turn.flow.get("rephrased"):
        turn.wait_for(rephrased=True)
        return [say(turn.texts("question.rephrase"), rows(_human(turn)))]
    return operator.hand_over(turn, Reason.NO_MATCH)


def answer(turn: Turn, entry: FaqEntry, key: int, snapshot: Snapshot, *, mark: bool = True) -> Sayings:
    """Return an entry's answer in the customer's language, with what can be pressed below it.

    Args:
        turn: the conversation's turn.
        entry: what to answer with.
        key: our id of the question in the log, for the 👍 and 👎.
        snapshot: the base, for the entries that buttons lead to.
        mark: with 👍, 👎 and "talk to a person".
    """
    in_form = bool(turn.flow.get("form"))
    turn.wait_for()
    language = turn.conversation.language
    languages = tuple(turn.house.catalogues)
    _, text = entry.text(language, languages)
    sayings = [say(render(text.answer), _below(turn, entry, key, snapshot, mark=mark))]
    sayings += attachments.of(turn.house.faq_folder, entry)
    if entry.follow_up and not in_form:  # the form's own question comes again behind the answer
        options = [
            Button(wording_in(option.text, language, languages), f"entry:{digest(option.entry)}")
            for option in entry.follow_up.options
            if option.entry in snapshot.entries
        ]
        sayings.append(say(wording_in(entry.follow_up.text, language, languages), rows(*options, width=2)))
    return sayings


def _below(turn: Turn, entry: FaqEntry, key: int, snapshot: Snapshot, *, mark: bool) -> Rows:
    language, languages = turn.conversation.language, tuple(turn.house.catalogues)
    own = [
        button
        for made in entry.buttons
        if (button := _button(wording_in(made.text, language, languages), made.action, snapshot))
    ]
    related = [
        Button(found.text(language, languages)[1].question, f"entry:{digest(name)}")
        for name in entry.related
        if (found := snapshot.entries.get(name))
    ]
    if not mark:
        return rows(*own, *related)
    marks = (Button("👍", f"yes:{key}"), Button("👎", f"no:{key}"))
    calls_a_person = any(button.action == "human" for button in own)
    return (*rows(*own, *related), marks, *(() if calls_a_person else rows(_human(turn))))


def _button(label: str, action: str, snapshot: Snapshot) -> Button | None:
    if action.startswith(("https://", "http://")):
        return Button(label, url=action)
    if action.startswith(("tel:", "mailto:")):
        return None  # no messenger opens such a button; `faq lint` says so
    if action.startswith("faq:"):
        name = action.removeprefix("faq:")
        return Button(label, f"entry:{digest(name)}") if name in snapshot.entries else None
    return Button(label, action)


def _human(turn: Turn) -> Button:
    return Button(turn.texts("button.human"), "human")


def suggest(turn: Turn, asked: Asked, key: int) -> Saying:
    """Return the near matches as buttons, and a way to a person."""
    assert asked.match is not None  # noqa: S101 only a match has suggestions
    buttons = _near(turn, asked.match, key, asked.snapshot)
    return say(
        turn.texts("question.suggest"), rows(*buttons, Button(turn.texts("button.none_of_these"), f"none:{key}"))
    )


def _near(turn: Turn, match: Match, key: int, snapshot: Snapshot, *, beside: Collection[str] = ()) -> list[Button]:
    """Return a button for each near match that is still given, but for those that stand above."""
    most = turn.house.settings.faq.policy.suggest
    language, languages = turn.conversation.language, tuple(turn.house.catalogues)
    return [
        Button(entry.text(language, languages)[1].question, f"pick:{key}:{number}")
        for number, candidate in enumerate(match.candidates[:most])
        if candidate.entry not in beside and (entry := snapshot.entries.get(candidate.entry))
    ]


def chosen(turn: Turn, entry: FaqEntry, snapshot: Snapshot) -> Sayings:
    """Return an entry that the customer chose from a menu; it counts as a question with a sure answer."""
    language, text = entry.text(turn.conversation.language, tuple(turn.house.catalogues))
    key = unanswered.record(
        turn.conn,
        turn.conversation.id,
        None,
        text.question,
        language,
        "answer",
        [(entry.id, 1.0)],
        snapshot.version,
        turn.now,
    )
    return answer(turn, entry, key, snapshot, mark=turn.ticket is None)


def picked(turn: Turn, press: Pressed, key: str, number: str) -> Sayings:
    """Return the near match that the customer picked."""
    row = int(key) if key.isdecimal() and len(key) < LONGEST_ID else 0
    logged = unanswered.get(turn.conn, row, turn.conversation.id)
    snapshot = turn.house.knowledge_base.snapshot
    place = int(number) if number in PLACES else len(PLACES)
    if logged is None or place >= len(logged.candidates):
        return [topics_menu(turn, snapshot)]
    left = offered.remaining(turn, f"pick:{logged.id}:", beside="pick:")
    return [drop_buttons(press.place, press.message, left), *_pick(turn, logged, place)]


def _pick(turn: Turn, logged: Logged, place: int) -> Sayings:
    """Answer with one of the near matches of a question, by its place among them."""
    snapshot = turn.house.knowledge_base.snapshot
    entry = snapshot.entries.get(logged.candidates[place][0])
    if entry is None:
        return [say(turn.texts("topics.gone")), topics_menu(turn, snapshot)]
    unanswered.picked(turn.conn, logged.id, entry.id)
    return answer(turn, entry, logged.id, snapshot, mark=turn.ticket is None)


def offered_lately(turn: Turn, kind: Kind) -> Logged | None:
    """Return the question whose near matches a typed "2" or "no" is about; None for all else."""
    if kind not in {Kind.NUMBER, Kind.CONFIRMING}:
        return None
    last = next(iter(unanswered.lately(turn.conn, turn.conversation.id, 1)), None)
    if last is None or last.decision != "suggest" or last.entry or turn.now - last.at > OFFERED_FOR:
        return None
    return last


def _about_near_matches(turn: Turn, text: str, kind: Kind) -> Sayings | None:
    """Take a typed "2" or "no" for a press of the buttons that were offered last; None when none were lately."""
    last = offered_lately(turn, kind)
    if last is None:
        return None
    place = int(text) - 1 if text.strip() in {"1", "2", "3"} else len(PLACES)
    without_buttons = offered.withdrawn(turn, f"pick:{last.id}:")
    if place < min(len(last.candidates), turn.house.settings.faq.policy.suggest):
        return [*_pick(turn, last, place), *without_buttons]
    if said_no(text):
        return [*operator.hand_over(turn, Reason.NO_MATCH), *without_buttons]
    return None


def topics_menu(turn: Turn, snapshot: Snapshot) -> Saying:
    """Return the FAQ's categories as buttons."""
    buttons = [Button(category_name(turn, name), f"cat:{digest(name)}") for name in snapshot.categories]
    if not buttons:
        return say(turn.texts("topics.empty"), rows(_human(turn)))
    return say(turn.texts("topics.choose"), rows(*buttons, width=2))


def category_menu(turn: Turn, snapshot: Snapshot, name: str) -> Saying:
    """Return the questions of one category as buttons."""
    language, languages = turn.conversation.language, tuple(turn.house.catalogues)
    most = turn.house.can(turn.conversation.place.channel).buttons - 1
    buttons = [
        Button(entry.text(language, languages)[1].question, f"entry:{digest(entry.id)}")
        for entry in snapshot.entries.values()
        if entry.category == name
    ]
    back = Button(turn.texts("button.all_topics"), "topics")
    return say(turn.texts("topics.of", category=category_name(turn, name)), rows(*buttons[:most], back))


def category_name(turn: Turn, name: str) -> str:
    """Return a category as customers read it: from the catalogue where it is one of the sample's, else as written."""
    key = f"category.{name}"
    return turn.texts(key) if turn.texts.knows(key) else (name or turn.texts("topics.other"))
