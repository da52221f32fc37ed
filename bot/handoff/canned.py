"""Canned answers: what operators say so often that it stands ready, in each language, with variables.

Olga writes `/canned parcel`, and "Hello Anna, your parcel S-1001 is late …" is one tap away. The first ones come from
`[[canned]]` in `config/handoff.toml`; from then on they live in the database, where admins change them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.domain.errors import SupportbotError
from bot.handoff.variables import NAMES, unknown_in
from bot.storage import audit, schema
from bot.storage.audit import Act, Actor, Subject
from bot.storage.database import insert

_T = schema.canned_answers
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
"""Characters that nobody types, some of which PostgreSQL keeps in no text."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,8})?")
LONGEST_BODY, LONGEST_CATEGORY, LONGEST_ASKED, MOST_ASKED = 3_500, 64, 200, 100
OTHER_KEYS = ("key", "category", "asked", "enabled")


class CannedBroken(SupportbotError):
    """A canned answer cannot be kept as it is."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"canned answer {key!r}: {why}")
        self.why = why


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """An answer that stands ready.

    Attributes:
        key: by which operators find it: a-z, 0-9, - and _, up to 64 characters.
        bodies: Markdown with variables, by language; at least one.
        category: under which it is listed, may be empty.
        asked: what customers write when it is the answer, in any language; it is proposed to them.
        enabled: operators find it.
        used: how often it was sent.
    """

    key: str
    bodies: Mapping[str, str] = field(hash=False)
    category: str = ""
    asked: tuple[str, ...] = ()
    enabled: bool = True
    used: int = 0

    @property
    def sign(self) -> str:
        """Return a short key for a button: a key may be longer than its 64 bytes."""
        return sign_of(self.key)

    def body(self, language: str, languages: Sequence[str]) -> tuple[str, str]:
        """Return the language that it is said in, and the Markdown: the wanted one, else the first there is.

        Args:
            language: the customer's.
            languages: of the settings, the default first.
        """
        for code in (language, *languages, *self.bodies):
            if code in self.bodies:
                return code, self.bodies[code]
        raise CannedBroken(self.key, "has no text in any language")


def sign_of(key: str) -> str:
    """Return a short key for a button."""
    return hashlib.blake2b(key.encode(), digest_size=6).hexdigest()


def checked(answer: CannedAnswer) -> CannedAnswer:
    """Return a canned answer that may be kept, white space at the ends taken off.

    Raises:
        CannedBroken: it may not, with the reason.
    """

    def broken(why: str) -> CannedBroken:
        return CannedBroken(answer.key[:64], why)

    if not KEY.fullmatch(answer.key):
        raise broken("its key must be made of a-z, 0-9, - and _, up to 64 characters, such as late-parcel")
    if len(answer.category) > LONGEST_CATEGORY:
        raise broken(f"its category is longer than {LONGEST_CATEGORY} characters")
    if len(answer.asked) > MOST_ASKED or any(len(one) > LONGEST_ASKED for one in answer.asked):
        raise broken(f"asked takes up to {MOST_ASKED} wordings of up to {LONGEST_ASKED} characters")
    if any(CONTROL.search(text) for text in (answer.category, *answer.asked, *answer.bodies.values())):
        raise broken("has a control character in it; write it without")
    bodies = {language: body.strip() for language, body in answer.bodies.items() if body.strip()}
    if not bodies:
        raise broken('needs a text in at least one language, such as en = "Hello {customer.first_name}"')
    for language, body in bodies.items():
        if wrong := _wrong_with(language, body):
            raise broken(wrong)
    asked = tuple(dict.fromkeys(words for one in answer.asked if (words := " ".join(one.split()))))
    return CannedAnswer(answer.key, bodies, answer.category.strip(), asked, answer.enabled, answer.used)


def _wrong_with(language: str, body: str) -> str:
    """Return what is wrong with a text, empty when nothing is."""
    if not LANGUAGE.fullmatch(language):
        return f"{language!r} is no language such as en"
    if len(body) > LONGEST_BODY:
        return f"its text in {language} is longer than {LONGEST_BODY} characters"
    if unknown := unknown_in(body):
        return f"{{{unknown[0]}}} is no variable; there are {', '.join(NAMES)}"
    return ""


def read(listed: object, broken: Callable[[str, str], Exception]) -> tuple[CannedAnswer, ...]:
    """Return the canned answers of a file, as TOML gives them.

    Args:
        listed: what stands under `canned`.
        broken: makes the complaint about a key.

    Raises:
        Exception: what `broken` made.
    """
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise broken("canned", "must be tables that begin with [[canned]]")
    found: dict[str, CannedAnswer] = {}
    for number, body in enumerate(listed, 1):
        where = f"canned, number {number}"
        answer = _from_toml(body, partial(broken, where))
        if answer.key in found:
            raise broken(where, f"the key {answer.key!r} stands there twice")
        found[answer.key] = answer
    return tuple(found.values())


def _from_toml(body: Mapping[str, Any], broken: Callable[[str], Exception]) -> CannedAnswer:
    asked = body.get("asked", [])
    if not isinstance(asked, list) or not all(isinstance(one, str) for one in asked):
        raise broken('asked must be a list such as ["where is my parcel"]')
    if not isinstance(body.get("enabled", True), bool):
        raise broken("enabled must be true or false")
    texts = {key: value for key, value in body.items() if key not in {"asked", "enabled"}}
    wrong = next((key for key, value in texts.items() if not isinstance(value, str)), None)
    if wrong is not None:
        raise broken(f"{wrong} must be a text in quotes")
    bodies = {key: value for key, value in texts.items() if key not in OTHER_KEYS}
    unknown = next((key for key in bodies if not LANGUAGE.fullmatch(key)), None)
    if unknown is not None:
        raise broken(f"{unknown} is unknown; known are {', '.join(OTHER_KEYS)} and languages such as en")
    enabled = bool(body.get("enabled", True))
    try:
        return checked(CannedAnswer(texts.get("key", ""), bodies, texts.get("category", ""), tuple(asked), enabled))
    except CannedBroken as error:
        raise broken(error.why) from None


def list_all(conn: Connection) -> list[CannedAnswer]:
    """Return all canned answers, category by category, as they were first written."""
    rows = [_read(row) for row in conn.execute(select(_T).order_by(_T.c.id))]
    places = {name: place for place, name in enumerate(dict.fromkeys(one.category for one in rows))}
    return sorted(rows, key=lambda one: places[one.category])


def list_enabled(conn: Connection) -> list[CannedAnswer]:
    """Return those that operators find."""
    return [one for one in list_all(conn) if one.enabled]


def get(conn: Connection, key: str) -> CannedAnswer | None:
    """Return the canned answer with this key, or None."""
    row = conn.execute(select(_T).where(_T.c.key == key)).one_or_none()
    return _read(row) if row else None


def by_sign(conn: Connection, sign: str) -> CannedAnswer | None:
    """Return the canned answer that a button's key names, or None."""
    return next((one for one in list_all(conn) if one.sign == sign), None)


def save(conn: Connection, answer: CannedAnswer, staff: int | None, now: datetime) -> CannedAnswer:
    """Keep a canned answer, in place of the one with its key if there is one; how often it was used stays.

    Raises:
        CannedBroken: it may not be kept.
    """
    kept = _put(conn, answer, staff, now)
    who = audit.by(staff) if staff is not None else audit.By(Actor.COMMAND)
    audit.record(conn, Act.CANNED_CHANGED, Subject("canned", kept.key), who, now)
    return kept


def _put(conn: Connection, answer: CannedAnswer, staff: int | None, now: datetime) -> CannedAnswer:
    kept = checked(answer)
    values = {
        "category": kept.category,
        "bodies": dict(kept.bodies),
        "asked": list(kept.asked),
        "enabled": kept.enabled,
        "updated_at": now,
        "updated_by": staff,
    }
    statement = insert(conn, _T).values(key=kept.key, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))
    return kept


def same(answer: CannedAnswer) -> tuple[object, ...]:
    """Return what two answers have in common that read the same, whatever use was made of them."""
    return answer.key, dict(answer.bodies), answer.category, answer.asked, answer.enabled


def seed(conn: Connection, answers: Iterable[CannedAnswer], now: datetime) -> int:
    """Store those of the file when there are none yet; return how many were stored."""
    if conn.execute(select(func.count()).select_from(_T)).scalar_one():
        return 0
    return len([_put(conn, answer, None, now) for answer in answers])


def count_use(conn: Connection, key: str) -> None:
    """Write down that an answer was sent."""
    conn.execute(_T.update().where(_T.c.key == key).values(used=_T.c.used + 1))


def _read(row: Row[Any]) -> CannedAnswer:
    return CannedAnswer(row.key, row.bodies, row.category, tuple(row.asked), row.enabled, row.used)
