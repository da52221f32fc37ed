"""Canned answers: what may be kept, what is filled in, and that what a customer is called stays plain text."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.domain.message import Entity, EntityKind, RichText, bold, plain, styled, units
from bot.domain.people import Role
from bot.handoff import canned, canned_file, proposals, rules, staff
from bot.handoff.canned import CannedAnswer, CannedBroken
from bot.handoff.proposals import Item, Kind, Occasion
from bot.handoff.rules import RulesBroken
from bot.handoff.variables import NAMES, Filled, fill, left_in, used_in, written_out
from bot.messaging import conversations
from bot.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
TYPED = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
HELLO = CannedAnswer("hello", {"en": "Hello {customer.first_name}"}, "opening", ("hi",))


def test_what_is_known_is_put_in_and_formatting_moves_along() -> None:
    text = plain("Dear {customer.name}, ") + bold("order {order.number}") + plain(" of {shop.name}")

    filled = fill(text, {"customer.name": "Zoë 🙂", "order.number": "S-1001", "shop.name": "Tee"})

    assert filled == Filled(plain("Dear Zoë 🙂, ") + bold("order S-1001") + plain(" of Tee"))


def test_what_is_not_known_stays_and_is_named_once_in_order() -> None:
    filled = fill(plain("{order.number} {customer.name} {order.number} {nobody.knows}"), {"customer.name": " \n "})

    assert filled.text.text == "{order.number} {customer.name} {order.number} {nobody.knows}"
    assert filled.missing == ("order.number", "customer.name", "nobody.knows")


@pytest.mark.parametrize(
    "name", ["{operator.name}", "**Anna**", "[x](https://evil.example)", "{customer.name}", "a\nb"]
)
def test_a_customers_name_is_plain_text_on_one_line(name: str) -> None:
    filled = fill(plain("Hello {customer.name}!"), {"customer.name": name, "operator.name": "Olga"})

    assert filled == Filled(RichText(f"Hello {' '.join(name.split())}!"))


def test_the_address_of_a_link_is_filled_in_and_nothing_leaves_it() -> None:
    link = styled(EntityKind.LINK, "here", "https://x.example/%7Border.number%7D")

    filled = fill(link, {"order.number": "S 1/../?#"})

    assert filled.text.entities[0].value == "https://x.example/S%201%2F..%2F%3F%23"
    assert fill(link, {}).missing == ("order.number",)
    assert left_in(link) == ("order.number",)


@given(st.lists(st.sampled_from(["a", "🙂", "é ", *(f"{{{name}}}" for name in NAMES[:4])]), max_size=8), st.data())
def test_formatting_lies_within_the_text_whatever_is_put_in(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    most = units(text)
    entities = tuple(
        Entity(EntityKind.BOLD, start, data.draw(st.integers(1, most - start)))
        for start in sorted(data.draw(st.lists(st.integers(0, most - 1), max_size=3)) if most else [])
    )
    known = data.draw(st.dictionaries(st.sampled_from(NAMES[:4]), st.text(max_size=6)))

    filled = fill(RichText(text, entities), known)

    assert all(0 <= one.offset < one.offset + one.length <= units(filled.text.text) for one in filled.text.entities)
    assert set(filled.missing) == {name for name in used_in(text) if not " ".join(known.get(name, "").split())}


def test_a_text_to_copy_shows_where_its_links_lead() -> None:
    text = plain("🙂 See ") + styled(EntityKind.LINK, "this", "https://a.example/") + bold(" now")

    assert written_out(text) == "🙂 See this (https://a.example/) now"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (CannedAnswer("Late parcel", {"en": "x"}), "its key must be made of"),
        (CannedAnswer("late", {}), "needs a text in at least one language"),
        (CannedAnswer("late", {"en": " "}), "needs a text in at least one language"),
        (CannedAnswer("late", {"english": "x"}), "'english' is no language"),
        (CannedAnswer("late", {"en": "Dear {custmer.name}"}), "{custmer.name} is no variable"),
        (CannedAnswer("late", {"en": "a\x00b"}), "control character"),
        (CannedAnswer("late", {"en": "x" * 3_501}), "longer than 3500 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(answer: CannedAnswer, why: str) -> None:
    with pytest.raises(CannedBroken, match=why.replace("{", r"\{").replace("}", r"\}")):
        canned.checked(answer)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("canned = 1", "canned: must be tables that begin with [[canned]]"),
        ('[[canned]]\nen = "x"', "canned, number 1: its key must be"),
        (
            '[[canned]]\nkey = "a"\nen = "x"\n[[canned]]\nkey = "a"\nen = "y"',
            "canned, number 2: the key 'a' stands there",
        ),
        ('[[canned]]\nkey = "a"\nEnglish = "x"', "canned, number 1: English is unknown; known are key, category"),
        ('[[canned]]\nkey = "a"\nen = 3', "canned, number 1: en must be a text in quotes"),
        ('[[canned]]\nkey = "a"\nen = "x"\nasked = "hello"', "canned, number 1: asked must be a list"),
        ('shop_name = ["Tee"]', "shop_name: must be a text in quotes"),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "handoff.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(RulesBroken) as refused:
        rules.load(file)

    assert str(refused.value).startswith(f"{file}: {why}")


def test_the_answers_that_come_with_it_stand_in_all_three_languages_and_leave_the_customer_for_one_of_them() -> None:
    shipped = rules.load(ROOT / "config" / "handoff.toml").canned

    assert {tuple(one.bodies) for one in shipped} == {("en", "de", "ru")}
    for one in shipped:
        used = {tuple(sorted(used_in(body))) for body in one.bodies.values()}
        assert len(used) == 1, one.key
    assert [one.key for one in shipped if "customer.first_name" in one.bodies["en"]] == ["late"]


@given(
    st.dictionaries(
        st.from_regex(canned.KEY, fullmatch=True),
        st.tuples(TYPED, st.lists(TYPED, max_size=3), st.text('a\x7f"\\\n🙂', min_size=1)),
        max_size=4,
    )
)
def test_a_file_that_was_written_is_read_as_the_same(made: dict[str, tuple[str, list[str], str]]) -> None:
    answers = [
        canned.checked(CannedAnswer(key, {"de": f"x{body}x"}, category, tuple(asked)))
        for key, (category, asked, body) in made.items()
    ]

    text = canned_file.written(answers)

    assert canned.read(tomllib.loads(text).get("canned", []), ValueError) == tuple(answers)


async def test_the_file_fills_an_empty_library_once_and_what_admins_changed_stays(database: Database) -> None:
    changed = CannedAnswer("hello", {"en": "Hi"}, "opening", enabled=False)

    def work(conn: Connection) -> tuple[int, int, list[CannedAnswer]]:
        first = canned.seed(conn, [HELLO, CannedAnswer("bye", {"de": "Tschüss"})], NOW)
        canned.count_use(conn, "hello")
        canned.save(conn, changed, None, NOW)
        return first, canned.seed(conn, [HELLO], NOW), canned.list_all(conn)

    first, again, kept = await database.transaction(work)

    assert (first, again) == (2, 0)
    assert kept == [
        CannedAnswer("hello", {"en": "Hi"}, "opening", enabled=False, used=1),
        CannedAnswer("bye", {"de": "Tschüss"}),
    ]
    assert [one.key for one in await database.read(canned.list_enabled)] == ["bye"]


def test_an_answer_is_given_in_the_customers_language_else_in_the_first_that_it_has() -> None:
    answer = CannedAnswer("a", {"ru": "Р", "de": "D"})

    given_in = [answer.body(language, ["en", "de", "ru"])[0] for language in ("ru", "en", "fr")]

    assert given_in == ["ru", "de", "de"]


async def test_what_was_offered_means_the_same_later_and_belongs_to_its_conversation(database: Database) -> None:
    items = [Item(Kind.FAQ, "delivery/cost", "de", "0a", 0.9), Item(Kind.CANNED, "hello", "en", "0b")]

    def work(conn: Connection) -> Callable[[Connection], object]:
        person = staff.add(conn, "Olga", Role.OPERATOR, "en", NOW)
        ids = [conversations.meet(conn, Place("webchat", chat), Author(chat, chat), "en", NOW)[0].id for chat in "ab"]
        made = proposals.offer(conn, ids[0], None, None, Occasion.SEARCH, items, NOW)
        proposals.mark_sent(conn, made, 1, person, NOW)
        return lambda conn: (
            proposals.get(conn, made.id, ids[0]),
            proposals.get(conn, made.id, ids[1]),
            proposals.last_for_line(conn, ids[0]),
        )

    look = await database.transaction(work)
    mine, theirs, for_line = await database.read(look)  # type: ignore[misc] # three proposals

    assert (mine.items, mine.sent) == (tuple(items), (1,))  # type: ignore[has-type] # three proposals
    assert (theirs, for_line) == (None, None)  # type: ignore[has-type] # three proposals
