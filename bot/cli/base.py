"""`supportbot faq …`: the base in and out, a question asked, the base scored and looked through."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from cyclopts import App as Command, Parameter

from bot import settings as configuration
from bot.cli.common import Flag, Json, complain, do, opened, say, show
from bot.domain.errors import SupportbotError, WrongUsage
from bot.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.faq.changes import Difference
    from bot.faq.entry import FaqEntry
    from bot.faq.evaluate import Question
    from bot.faq.knowledge_base import KnowledgeBase
    from bot.faq.matcher import Index, Match
    from bot.i18n import Texts

faq = Command(name="faq", help="The FAQ base: in, out, ask, score, look for collisions.")
ENOUGH_QUESTIONS, LOOKED_BACK = 500, 180
"""Answers given in so many days, from which on an entry that nobody got is worth a word."""
TOLD_IDS = 20
BaseFile = Annotated[Path | None, Parameter(name="--faq")]


@faq.command(name="import")
def faq_import(file: Path, *, replace: Flag = False, dry_run: Flag = False, as_json: Json = False) -> int:
    """Put a FAQ file (YAML, CSV, XLSX, JSONL or a folder of YAML) into the base; all of it or nothing.

    A running bot answers from it within a second. For many new phrasings the command stays, with a bar, until their
    meanings are known as well; stopped before, the bot goes on with that.

    Parameters
    ----------
    file
        What to read.
    replace
        Remove the entries that the file does not name, such as those of the sample; `/faq undo ID` brings one back.
    dry_run
        Only show what would change.
    """
    return do(_import(configuration.load(), file, replace=replace, dry_run=dry_run, as_json=as_json))


async def _import(settings: Settings, file: Path, *, replace: bool, dry_run: bool, as_json: bool) -> int:
    from bot.app import now
    from bot.cli import meanings
    from bot.faq import changes, exchange, store

    entries = await asyncio.to_thread(exchange.read, file)
    async with opened(settings) as database:
        old = await database.read(store.list_entries)
        known = {entry.id for entry in entries}
        kept = [] if replace else [entry for entry in old if entry.id not in known]
        difference = changes.difference(old, [*kept, *entries])

        def put(conn: Connection) -> None:
            store.replace_all(conn, entries, None, now())
            for key in difference.removed:
                store.remove(conn, key, None, now())

        if not dry_run:
            await database.transaction(put)
    body = {
        "added": difference.added,
        "changed": [{"id": one.entry, "lost": one.lost, "lines": one.lines} for one in difference.changed],
        "removed": difference.removed,
        "unchanged": difference.unchanged,
        "dry_run": dry_run,
    }
    long = [
        f"! The answer of {entry.id} is longer than one message."
        for entry in entries
        if entry.too_long_for_one_message()
    ]
    show(body, lambda: "\n".join([*long, _in_words(difference, dry_run=dry_run)]), as_json=as_json)
    if not dry_run:
        await meanings.encode(settings, [*kept, *entries])
    return 0


def _in_words(difference: Difference, *, dry_run: bool) -> str:
    lines = [*[f"- {key}" for key in difference.removed], *[f"+ {key}" for key in difference.added]]
    goes = "would go" if dry_run else "is gone"
    for change in sorted(difference.changed, key=lambda one: not one.lost):
        lost = [f"    ! the whole text in {code} {goes}: the file names the entry without it" for code in change.lost]
        lines += [f"~ {change.entry}", *lost, *[f"    {line}" for line in change.lines]]
    counts = (len(difference.added), len(difference.changed), difference.unchanged)
    added, changed = ("would be added", "would be changed") if dry_run else ("added", "changed")
    gone = f", {len(difference.removed)} {'would be removed' if dry_run else 'removed'}" if difference.removed else ""
    return "\n".join([*lines, f"{counts[0]} {added}, {counts[1]} {changed}{gone}, {counts[2]} unchanged."])


@faq.command(name="export")
def faq_export(file: Path) -> int:
    """Write the base to a file; its ending says how: .yaml, .csv, .xlsx or .jsonl.

    Parameters
    ----------
    file
        To be written; an old one is replaced.
    """
    return do(_export(configuration.load(), file))


async def _export(settings: Settings, file: Path) -> int:
    from bot.faq import exchange, store

    async with opened(settings) as database:
        entries = await database.read(store.list_entries)
        broken = await database.read(store.unreadable)
    await asyncio.to_thread(exchange.write, entries, file)
    say(f"{len(entries)} entries are in {file}.")
    if broken:
        raise SupportbotError(f"{file} lacks what cannot be read: {'; '.join(map(str, broken))}")
    return 0


@faq.command(name="ask")
def faq_ask(text: str, *, language: str = "", explain: Flag = False, as_json: Json = False) -> int:
    """Show what the bot would do with a question.

    Parameters
    ----------
    text
        The question.
    language
        Of the customer, such as de; found in the text when not given.
    explain
        Say why, in words.
    """
    return do(_ask(configuration.load(), text, language, explain=explain, as_json=as_json))


async def _ask(settings: Settings, text: str, language: str, *, explain: bool, as_json: bool) -> int:
    from bot.app import build

    async with opened(settings) as database:
        house = build(settings, database)
        try:
            await house.knowledge_base.refresh()
            await house.knowledge_base.deepen()
            match, _ = await house.knowledge_base.match(text, language)
        finally:
            house.knowledge_base.close()
    if match is None or not house.knowledge_base.snapshot.entries:
        raise SupportbotError("the FAQ is empty; `supportbot faq import FILE` fills it")
    why = _Why(house.knowledge_base, house.texts("en")) if explain else None
    body = _asked(text, match, why)
    if match.parts:
        body["parts"] = [_asked(part.text, part.match, why) for part in match.parts]
    show(body, lambda: "\n".join(_answer_in_words(body)), as_json=as_json)
    return 0


@dataclass(frozen=True, slots=True)
class _Why:
    """What an explanation needs: the base, and the sentences."""

    base: KnowledgeBase
    texts: Texts

    def said(self, text: str, match: Match) -> list[str]:
        """Return the reasons, a sentence each."""
        from bot.faq.explain import explain

        index = self.base.snapshot.index
        unknown = index.strange_words(match.question or text, match.language) if index else []
        return [remark.said(self.texts) for remark in explain(match, self.base.policy, unknown)]


def _asked(text: str, match: Match, why: _Why | None) -> dict[str, Any]:
    """Return what was made of a question, as JSON; perhaps also why."""
    body: dict[str, Any] = {
        "text": text,
        "language": match.language,
        "decision": match.kind,
        "confidence": round(match.confidence, 4),
        "candidates": [{"id": one.entry, "confidence": round(one.confidence, 4)} for one in match.candidates],
    }
    return body | ({"explanation": why.said(text, match)} if why else {})


def _answer_in_words(body: Mapping[str, Any]) -> list[str]:
    """Return the lines for people; of a message that asks several things each question's own."""
    if "parts" in body:
        return [line for part in body["parts"] for line in (f"“{part['text']}”", *_answer_in_words(part))]
    lines = [f"{body['decision']} ({body['confidence']:.2f})"]
    lines += [f"  {one['confidence']:.2f}  {one['id']}" for one in body["candidates"]]
    return [*lines, *body.get("explanation", ())]


@faq.command(name="evaluate")
def faq_evaluate(
    *,
    questions: Path | None = None,
    log: Flag = False,
    since: date | None = None,
    base: BaseFile = None,
    as_json: Json = False,
) -> int:
    """Score the base on questions with the entries that are expected: a file's, or those that customers asked.

    Parameters
    ----------
    questions
        JSONL with text, lang and id (null when nothing answers it).
    log
        The customers' own questions, as far as 👍, 👎, picks and what admins made of them tell which entry is right.
    since
        The first day of the log that counts, such as 2026-11-01; all of it when not given.
    base
        A FAQ file; the database's base when not given.
    """
    if (questions is not None) == log:
        raise WrongUsage("name the questions with --questions FILE, or take those that customers asked with --log")
    if since is not None and not log:
        raise WrongUsage("--since goes with --log, not with --questions")
    return do(_evaluate(configuration.load(), questions, since, base, as_json=as_json))


async def _evaluate(
    settings: Settings, questions: Path | None, since: date | None, base: Path | None, *, as_json: bool
) -> int:
    from bot.faq import evaluate

    asked = await _asked_in(questions) if questions is not None else []
    entries = await _entries(settings, base, need_answers=False)
    if questions is None:
        asked = await _asked_by_customers(settings, entries, since)
    if unknown := evaluate.unknown_ids(asked, entries):
        ids = ", ".join(unknown[:TOLD_IDS]) + (" …" if len(unknown) > TOLD_IDS else "")
        complain(
            f"no entry has the id {ids}: such questions count as not found; "
            "correct the ids, or write null where nothing answers"
        )
    begun = time.perf_counter()
    index = await asyncio.to_thread(_index, settings, entries)
    built = time.perf_counter() - begun
    report = evaluate.report(await asyncio.to_thread(evaluate.run, index, asked), built)
    show(report, lambda: "\n".join(evaluate.in_words(report["summary"])), as_json=as_json)
    return 0


async def _asked_in(file: Path) -> list[Question]:
    from bot.faq import evaluate

    try:
        data = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise SupportbotError(f"{file}: {error.strerror}; name a JSONL file with text, lang and id a line") from None
    return evaluate.questions_from(file.name, data)


async def _asked_by_customers(settings: Settings, entries: list[FaqEntry], since: date | None) -> list[Question]:
    """Return the questions of the log of which it is known what is right, from the start of a day on."""
    from bot.faq import judged
    from bot.handoff import rules

    zone = rules.load(settings.config / "handoff.toml").hours.zone
    begin = _start_of(since, zone) if since else None
    known = {entry.id for entry in entries if entry.enabled}
    async with opened(settings) as database:
        asked = await database.read(lambda conn: judged.questions(conn, known, begin))
    if not asked:
        when = f" since {since}" if since else ""
        raise SupportbotError(
            f"the log{when} holds no question of which it is known what is right; 👍, 👎 and picks of customers and "
            "/unanswered tell it, or name a file with --questions"
        )
    return asked


def _start_of(day: date, zone: str) -> datetime:
    try:
        return datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        raise WrongUsage(f"--since: {day} is too far away; name a day such as 2026-11-01") from None


async def _entries(settings: Settings, base: Path | None, *, need_answers: bool = True) -> list[FaqEntry]:
    """Return the entries of a file, or of the database when none is named."""
    from bot.faq import exchange, store

    if base is not None:
        return await asyncio.to_thread(lambda: exchange.read(base, need_answers=need_answers))
    async with opened(settings) as database:
        entries = await database.read(store.list_entries)
    if not entries:
        raise SupportbotError("the FAQ is empty; `supportbot faq import FILE` fills it, or name a file with --faq")
    return entries


def _index(settings: Settings, entries: list[FaqEntry]) -> Index:
    from bot.faq import glossary
    from bot.faq.encoder import VectorStore, encoder_named
    from bot.faq.matcher import Index, Policy

    policy = settings.faq.policy
    aims = Policy(policy.answer_precision, policy.suggest, policy.suggest_precision)
    encoder = encoder_named(settings.faq.encoder)
    enabled = [entry for entry in entries if entry.enabled]
    words = glossary.load(settings.config / "glossary.toml")
    index = Index.build(enabled, settings.languages, policy=aims, learn=encoder is None, glossary=words)
    return index.with_encoder(VectorStore(encoder)) if encoder else index


@faq.command(name="lint")
def faq_lint(*, base: BaseFile = None, as_json: Json = False) -> int:
    """Look for entries that collide, missing languages and dead links; each finding with a suggestion.

    Parameters
    ----------
    base
        A FAQ file; the database's base when not given.
    """
    return do(_lint(configuration.load(), base, as_json=as_json))


async def _lint(settings: Settings, base: Path | None, *, as_json: bool) -> int:
    from bot.app.shop import form_keys
    from bot.faq import lint

    entries = await _entries(settings, base)
    source = base or settings.path(settings.faq.path)
    index = await asyncio.to_thread(_index, settings, entries)
    given = None if base else await _given(settings)
    forms = None if base else await asyncio.to_thread(form_keys, settings)
    findings = await asyncio.to_thread(
        lambda: lint.lint(
            entries,
            settings.languages,
            index=index,
            folder=source if source.is_dir() else source.parent,
            given=given,
            forms=forms,
        )
    )
    body = [
        {"problem": one.problem.value, "entries": one.entries, "text": one.sentence, "suggestion": one.suggestion}
        for one in findings
    ]
    text = "\n".join(f"{one.sentence}\n  {one.suggestion}" for one in findings) or "Nothing found."
    show(body, lambda: text, as_json=as_json)
    return 1 if findings else 0


async def _given(settings: Settings) -> set[str] | None:
    """Return the entries that customers got; None while too few questions were asked to miss any."""
    from datetime import timedelta

    from bot.app import now
    from bot.faq import report

    when = now()
    async with opened(settings) as database:
        found = await database.read(lambda conn: report.given(conn, when - timedelta(days=LOOKED_BACK)))
    return set(found) if sum(one.given for one in found.values()) >= ENOUGH_QUESTIONS else None


@faq.command(name="report")
def faq_report(*, days: int = 90, as_json: Json = False) -> int:
    """Show where the base is weak: answers that did not help, questions without one, entries nobody was given.

    Parameters
    ----------
    days
        How far back to look.
    """
    return do(_report(configuration.load(), days, as_json=as_json))


async def _report(settings: Settings, days: int, *, as_json: bool) -> int:
    from datetime import timedelta

    from bot.app import now
    from bot.faq import report, unanswered

    when = now()
    async with opened(settings) as database:
        await database.transaction(unanswered.gather)
        found = await database.read(lambda conn: report.report(conn, when - timedelta(days=days), when))
    show(found.to_dict(), lambda: report.in_words(found), as_json=as_json)
    return 0
