"""How an admin keeps the canned answers in the chat: `/canned`, found, shown, written in each language, switched off.

Ada writes `/canned late`, presses "DE", and sends the new text: operators find it at once, and the old one stands in
the chat. A text with a variable that does not exist is not taken, and she is told which there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.message import Button, EntityKind, RichText, Rows, bold, join, plain, styled
from bot.faq.answer import render
from bot.handlers import library
from bot.handlers.private import Desk
from bot.handlers.turn import Saying, Sayings, rows, say_at
from bot.handoff import canned, staff as people
from bot.handoff.canned import CannedAnswer, CannedBroken
from bot.handoff.variables import NAMES

NONE = {"-", "–", "—"}
"""What an admin writes to leave a part empty."""
SHOWN = 30
LONGEST_LABEL = 56


def command(at: Desk, words: str) -> Sayings:
    """Show the canned answers, those that hold some words, or begin a new one."""
    if not words:
        return [_menu(at)]
    verb, _, key = words.partition(" ")
    if verb.lower() == "add":
        return _keyed(at, {}, key.strip()) if key.strip() else _ask(at, {"faq": "canned_key"}, "canned.ask_key")
    exact = canned.get(at.conn, words.lower())
    if exact is not None:
        return [_shown(at, exact)]
    return [_list(at, library.search_canned(canned.list_all(at.conn), words, SHOWN), at.texts("canned.found"))]


def _menu(at: Desk) -> Saying:
    return _list(at, canned.list_all(at.conn)[:SHOWN], at.texts("canned.all"))


def _list(at: Desk, answers: Sequence[CannedAnswer], head: str) -> Saying:
    if not answers:
        head = at.texts("canned.none")
    buttons = [Button(_label(at, one), f"adm:cshow:{one.sign}") for one in answers]
    return say_at(at.place, head, rows(*buttons) + rows(Button(at.texts("canned.button_add"), "adm:cadd")))


def _label(at: Desk, answer: CannedAnswer) -> str:
    _, body = answer.body(at.person.language, tuple(at.house.catalogues))
    label = f"{'' if answer.enabled else '⏸ '}{answer.key}: {' '.join(render(body).text.split())}"
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def _shown(at: Desk, answer: CannedAnswer) -> Saying:
    texts = at.texts
    state = "" if answer.enabled else f" ⏸ {texts('admin.is_off')}"
    parts = [bold(answer.key), plain(f"{answer.category or '–'} · {texts('canned.used', n=answer.used)}{state}")]
    for language, body in answer.bodies.items():
        parts += [RichText(""), bold(language.upper()), render(body)]
    if answer.asked:
        parts += [RichText(""), plain(texts("canned.proposed_for", asked=" | ".join(answer.asked)))]
    return say_at(at.place, join(parts), _below(at, answer))


def _below(at: Desk, answer: CannedAnswer) -> Rows:
    texts, sign = at.texts, answer.sign
    languages = [
        Button(f"✎ {code.upper()}" if code in answer.bodies else f"+ {code.upper()}", f"adm:ctext:{sign}:{code}")
        for code in dict.fromkeys([*at.house.catalogues, *answer.bodies])
    ]
    switch = (
        Button(texts("admin.button_off"), f"adm:coff:{sign}")
        if answer.enabled
        else Button(texts("admin.button_on"), f"adm:con:{sign}")
    )
    others = (
        Button(texts("canned.button_asked"), f"adm:casked:{sign}"),
        Button(texts("admin.button_category"), f"adm:ccategory:{sign}"),
        switch,
        Button(texts("canned.button_all"), "adm:clist"),
    )
    return rows(*languages, width=4) + rows(*others, width=2)


def _ask(at: Desk, flow: dict[str, Any], key: str, now: str = "", **values: object) -> Sayings:
    """Ask for something, with what it is now to be copied."""
    people.keep_flow(at.conn, at.person.id, flow)
    text = plain(at.texts(key, **values))
    cancel = rows(Button(at.texts("admin.button_cancel"), "adm:cancel"))
    return [say_at(at.place, text + "\n" + styled(EntityKind.PRE, now) if now else text, cancel)]


def _ask_text(at: Desk, answer: CannedAnswer, language: str) -> Sayings:
    if not canned.LANGUAGE.fullmatch(language):
        return [_shown(at, answer)]
    flow = {"faq": "canned_text", "key": answer.key, "language": language}
    names, now = " ".join(f"{{{name}}}" for name in NAMES), answer.bodies.get(language, "")
    return _ask(at, flow, "canned.ask_text", now, name=answer.key, language=language.upper(), names=names)


def _ask_asked(at: Desk, answer: CannedAnswer, _: str) -> Sayings:
    return _ask(at, {"faq": "canned_asked", "key": answer.key}, "canned.ask_asked", "\n".join(answer.asked))


def _ask_category(at: Desk, answer: CannedAnswer, _: str) -> Sayings:
    return _ask(at, {"faq": "canned_category", "key": answer.key}, "canned.ask_category", answer.category)


def _switch(at: Desk, answer: CannedAnswer, *, enabled: bool) -> Sayings:
    return _save(at, replace(answer, enabled=enabled), "canned.on" if enabled else "canned.off")


def _save(at: Desk, answer: CannedAnswer, key: str = "canned.saved", before: str = "") -> Sayings:
    """Keep an answer and show it; what it said before stands above it."""
    try:
        kept = canned.save(at.conn, answer, at.person.id, at.now)
    except CannedBroken as broken:
        return [say_at(at.place, str(broken), rows(Button(at.texts("admin.button_cancel"), "adm:cancel")))]
    people.keep_flow(at.conn, at.person.id, {})
    told = plain(at.texts(key, name=kept.key))
    if before:
        told = told + f"\n{at.texts('canned.before')}\n" + styled(EntityKind.PRE, before)
    return [at.tell(told), _shown(at, kept)]


def _keyed(at: Desk, _: dict[str, Any], key: str) -> Sayings:
    """Take the key of a new answer and ask for its text."""
    key = "-".join(key.lower().split())
    known = canned.get(at.conn, key)
    if known is not None:
        people.keep_flow(at.conn, at.person.id, {})
        return [at.tell(at.texts("canned.there_already", name=key)), _shown(at, known)]
    try:
        new = canned.checked(CannedAnswer(key, {at.person.language: "…"}))
    except CannedBroken as broken:
        return _ask(at, {"faq": "canned_key"}, "canned.ask_key_again", why=str(broken))
    return _ask_text(at, replace(new, bodies={}), at.person.language)


def _texted(at: Desk, flow: dict[str, Any], text: str) -> Sayings:
    """Take a text; an answer whose last text is taken away would be none, so that is refused."""
    known = canned.get(at.conn, flow["key"]) or CannedAnswer(flow["key"], {})
    before, given = known.bodies.get(flow["language"], ""), "" if text in NONE else text
    return _save(at, replace(known, bodies={**known.bodies, flow["language"]: given}), before=before)


def _on_known(change: Callable[[CannedAnswer, str], CannedAnswer]) -> Callable[[Desk, dict[str, Any], str], Sayings]:
    """Return a step that changes an answer which is there."""

    def step(at: Desk, flow: dict[str, Any], text: str) -> Sayings:
        known = canned.get(at.conn, flow["key"])
        return _save(at, change(known, "" if text in NONE else text)) if known else [_menu(at)]

    return step


TYPED: dict[str, Callable[[Desk, dict[str, Any], str], Sayings]] = {
    "canned_key": _keyed,
    "canned_text": _texted,
    "canned_asked": _on_known(lambda known, text: replace(known, asked=tuple(text.splitlines()))),
    "canned_category": _on_known(lambda known, text: replace(known, category=text)),
}
ON_ANSWER: dict[str, Callable[[Desk, CannedAnswer, str], Sayings]] = {
    "cshow": lambda at, answer, _: [_shown(at, answer)],
    "ctext": _ask_text,
    "casked": _ask_asked,
    "ccategory": _ask_category,
    "con": lambda at, answer, _: _switch(at, answer, enabled=True),
    "coff": lambda at, answer, _: _switch(at, answer, enabled=False),
}


def _pressed(verb: str) -> Callable[[Desk, list[str]], Sayings]:
    def press(at: Desk, args: list[str]) -> Sayings:
        answer = canned.by_sign(at.conn, args[0])
        return ON_ANSWER[verb](at, answer, args[1]) if answer else [_menu(at)]

    return press


PRESSES: dict[str, Callable[[Desk, list[str]], Sayings]] = {
    "clist": lambda at, _: [_menu(at)],
    "cadd": lambda at, _: _ask(at, {"faq": "canned_key"}, "canned.ask_key"),
    **{verb: _pressed(verb) for verb in ON_ANSWER},
}
