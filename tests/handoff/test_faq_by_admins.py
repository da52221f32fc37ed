"""What admins see of the FAQ in the chat before and after they change it: nothing gets lost without a word."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Place, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Role
from bot.faq import store
from bot.faq.entry import FaqEntry, Text
from bot.faq.knowledge_base import digest
from bot.handlers import rooms
from bot.handlers.private import Desk
from bot.messaging import outbox
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

CUPS = FaqEntry("cups", {"en": Text("Cups?", (), "Yes."), "de": Text("Tassen?", (), "Ja.")})


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Ada", Role.ADMIN)
    await floor.change(lambda conn: store.save(conn, CUPS, None, floor.now))
    return floor


async def sends(floor: Floor, *entries: FaqEntry) -> str:
    """Let Ada send a file with these entries; return what she is asked."""

    def work(conn: Connection) -> None:
        ada = floor.person(conn, "Ada")
        place = Place("telegram", ada.telegram_id)
        content = Content(ContentKind.DOCUMENT, plain(""), {"name": "faq.csv", "entries": list(entries)})
        said = Said(place, Where.PRIVATE, Author(ada.telegram_id, "Ada"), floor.now, "1", content)
        sayings = rooms.spoken(Desk(floor.house, conn, floor.now, ada, place), said) or []
        outbox.put(conn, [outbox.Posting(place, one.outgoing, one.author) for one in sayings], floor.now)

    await floor.privately("Ada", "/import")
    await floor.told()
    await floor.change(work)
    return "\n".join(await floor.heard("Ada"))


async def entry(floor: Floor, key: str) -> FaqEntry | None:
    return await floor.house.database.read(lambda conn: store.get(conn, key))


async def test_a_file_that_loses_a_translation_says_so_before_all_else(floor: Floor) -> None:
    asked = await sends(
        floor,
        FaqEntry("a-new-one", {"en": Text("New?", (), "New.")}),
        FaqEntry("cups", {"en": Text("Cups?", (), "Yes, blue ones.")}),
    )

    assert asked.splitlines()[:6] == [
        "1 new · 1 changed",
        "⚠️ 1 translation will be lost: the file names its entry without it.",
        "✗ cups: DE",
        "+ a-new-one",
        "~ cups",
        "    ✗ translation lost: DE",
    ]


async def test_lines_that_are_left_out_are_counted(floor: Floor) -> None:
    many = tuple(f"phrasing {number}" for number in range(7))
    new = FaqEntry("cups", {**CUPS.texts, "en": Text("Cups?", many, "No.")})

    asked = (await sends(floor, new)).splitlines()
    await floor.presses_privately("Ada", "adm:import")
    await floor.told()
    await floor.privately("Ada", "/faq history cups")
    (history,) = await floor.heard("Ada")

    assert asked[1:7] == [
        "~ cups",
        "    en.answer: “Yes.” → “No.”",
        *[f"    en.phrasings: + “phrasing {number}”" for number in range(3)],
        "    … and 4 more lines",
    ]
    assert history.splitlines()[2:7] == [line.strip() for line in asked[2:7]]


async def test_the_history_says_which_translation_a_change_took_away(floor: Floor) -> None:
    await sends(floor, FaqEntry("cups", {"en": CUPS.texts["en"]}))
    await floor.presses_privately("Ada", "adm:import")
    await floor.told()

    await floor.privately("Ada", "/faq history cups")

    (history,) = await floor.heard("Ada")
    assert "✗ translation lost: DE" in history.splitlines()
    assert await entry(floor, "cups") == FaqEntry("cups", {"en": CUPS.texts["en"]})


async def test_a_very_long_answer_is_shown_from_its_beginning_and_warned_of(floor: Floor) -> None:
    long = FaqEntry("long", {"en": Text("Long?", (), "Beginning. " + "word " * 3_990)})
    asked = await sends(floor, long)
    await floor.presses_privately("Ada", "adm:import")
    await floor.told()

    await floor.privately("Ada", "/faq edit long")

    (shown,) = await floor.heard("Ada")
    assert "⚠️ long: the answer is longer than one message; customers get several." in asked.splitlines()
    assert len(shown) < 2_000
    assert "Beginning." in shown
    assert shown.splitlines()[-1] == "… The answer has 19960 characters; Answer shows all of them."


async def test_each_further_undo_goes_one_step_further_back(floor: Floor) -> None:
    draft = FaqEntry("draft", {"en": Text("Draft?", (), "One.")}, enabled=False)
    reworded = replace(draft, texts={"en": Text("Draft?", (), "Two.")})
    for made in (draft, reworded, replace(reworded, enabled=True)):
        await floor.change(partial(store.save, entry=made, staff=None, now=floor.now))

    await floor.privately("Ada", "/faq undo draft")
    once, told = await entry(floor, "draft"), await floor.heard("Ada")
    await floor.privately("Ada", "/faq undo draft")
    twice = await entry(floor, "draft")
    await floor.told()
    await floor.privately("Ada", "/faq undo draft")
    asked = await floor.heard("Ada")

    assert told[0].splitlines() == ["The last change of draft is taken back.", "enabled: “no” → “yes”"]
    assert (once, twice) == (reworded, draft)
    assert asked == ["The last change of draft was adding it: taking that back deletes the entry. Delete it?"]
    assert await entry(floor, "draft") == draft


async def test_an_edited_entry_can_be_deleted_and_brought_back(floor: Floor) -> None:
    edited = replace(CUPS, category="tea")
    await floor.change(lambda conn: store.save(conn, edited, None, floor.now))

    await floor.presses_privately("Ada", f"adm:remove:{digest('cups')}")
    asked = await floor.heard("Ada")
    await floor.presses_privately("Ada", await _button(floor, "Delete"))
    gone = await entry(floor, "cups")
    await floor.privately("Ada", "/faq undo cups")

    assert asked == ["Delete cups in all languages? /faq undo cups brings it back."]
    assert gone is None
    assert await entry(floor, "cups") == edited


async def test_going_back_to_an_older_state_counts_what_it_takes_along(floor: Floor) -> None:
    for category in ("tea", "cups", "rare"):
        await floor.change(partial(store.save, entry=replace(CUPS, category=category), staff=None, now=floor.now))

    await floor.privately("Ada", "/faq history cups")
    (history,) = await floor.heard("Ada")
    await floor.presses_privately("Ada", await _button(floor, "↶ 3"))

    assert "and so takes back all newer ones too" in history
    assert (await floor.heard("Ada"))[0].splitlines() == [
        "Saved: cups. Customers get it from now on.",
        "2 newer changes are taken back with it; ↶ in the history brings them again.",
    ]
    assert await entry(floor, "cups") == CUPS


async def test_a_text_that_a_colleague_changed_meanwhile_is_not_overwritten_without_a_word(floor: Floor) -> None:
    await floor.hires("Bea", Role.ADMIN)
    for admin in ("Ada", "Bea"):
        await floor.presses_privately(admin, f"adm:answer:{digest('cups')}:en")
    await floor.told()

    await floor.privately("Ada", "Yes, blue ones.")
    ada = await floor.heard("Ada")
    await floor.privately("Bea", "Yes, red ones.")
    bea = await floor.heard("Bea")
    first = await entry(floor, "cups")
    await floor.privately("Bea", "Yes, blue and red ones.")
    second = await entry(floor, "cups")

    assert ada[0] == "Saved: cups. Customers get it from now on."
    assert bea[:2] == [
        (
            "cups was changed by somebody else in the meantime, so nothing was overwritten. This is the text now; "
            "what you send next takes its place."
        ),
        "Yes, blue ones.",
    ]
    assert first
    assert first.texts["en"].answer == "Yes, blue ones."
    assert second
    assert second.texts["en"].answer == "Yes, blue and red ones."


async def test_what_a_colleague_changed_elsewhere_in_the_entry_stays_and_stands_in_nobodys_way(floor: Floor) -> None:
    await floor.hires("Bea", Role.ADMIN)
    await floor.presses_privately("Ada", f"adm:answer:{digest('cups')}:en")
    await floor.presses_privately("Bea", f"adm:question:{digest('cups')}:en")
    await floor.told()

    await floor.privately("Bea", "Have you cups?")
    await floor.privately("Ada", "Yes, blue ones.")

    changed = await entry(floor, "cups")
    assert changed
    assert changed.texts["en"] == Text("Have you cups?", (), "Yes, blue ones.")


async def test_a_translation_that_a_colleague_made_meanwhile_stays(floor: Floor) -> None:
    await floor.presses_privately("Ada", f"adm:in:{digest('cups')}:ru")
    await floor.change(
        lambda conn: store.save(
            conn, replace(CUPS, texts={**CUPS.texts, "ru": Text("Чашки?", (), "Да.")}), None, floor.now
        )
    )
    await floor.told()

    for text in ("Кружки?", "-", "Есть."):
        await floor.privately("Ada", text)

    assert (await floor.heard("Ada"))[-2] == "cups was changed since that message. This is how it stands now."
    kept = await entry(floor, "cups")
    assert kept
    assert kept.texts["ru"].answer == "Да."


async def test_nothing_is_called_saved_where_nothing_changed(floor: Floor) -> None:
    await floor.presses_privately("Ada", f"adm:answer:{digest('cups')}:en")
    await floor.told()

    await floor.privately("Ada", "Yes.")
    await floor.presses_privately("Ada", f"adm:drop:{digest('cups')}:en:{digest('long gone')}")

    heard = await floor.heard("Ada")
    assert [one for one in heard if "cups is like that already; nothing was changed." in one] == [heard[0], heard[2]]


async def test_an_import_counts_what_it_did_and_the_history_says_who_did_it(floor: Floor) -> None:
    new = FaqEntry("new", {"en": Text("New?", (), "New.")})
    await floor.change(lambda conn: store.save(conn, replace(CUPS, id="jars"), None, floor.now))
    await sends(floor, new, replace(CUPS, category="tea"), replace(CUPS, id="jars"))

    await floor.presses_privately("Ada", "adm:import")
    done = await floor.heard("Ada")
    await floor.privately("Ada", "/faq history cups")

    (history,) = await floor.heard("Ada")
    assert done == ["Imported: 1 new · 1 changed · 1 unchanged. Customers get it from now on."]
    assert [line.rpartition(" · ")[2] for line in history.splitlines() if line[:2] in {"1.", "2."}] == [
        "Ada",
        "command line",
    ]


async def _button(floor: Floor, label: str) -> str:
    """Return the action of a button that Ada got last."""
    query = select(schema.outbox.c.body).order_by(schema.outbox.c.id.desc())
    bodies = await floor.house.database.read(lambda conn: list(conn.execute(query).scalars()))
    buttons = [one for body in bodies for row in body.get("buttons", ()) for one in row]
    return str(next(one[1] for one in buttons if one[0] == label))
