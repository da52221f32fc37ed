"""A phone number or an e-mail address that a customer leaves, asked for or not, is kept; nothing else is."""

from __future__ import annotations

import pytest

from bot.domain.message import ContentKind
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

OWN_NUMBER = {"phone": "+4915155500000", "user": "cAnna"}
"""As the button "Share my number" gives it, from a range that no table of numbers knows."""


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    return floor


async def kept(floor: Floor) -> tuple[str, str]:
    """Return Anna's phone number and address."""
    anna = await floor.change(lambda conn: floor.turn(conn, "Anna").conversation)
    return anna.phone, anna.email


async def is_asked(floor: Floor) -> None:
    ticket = await floor.asks("Anna")
    await floor.presses("Anna", f"contact:{ticket.id}")
    await floor.told()


async def test_the_number_that_the_button_shares_is_taken_as_it_is(floor: Floor) -> None:
    await is_asked(floor)
    await floor.says("Anna", "Anna +49 30", ContentKind.CONTACT, **OWN_NUMBER | {"phone": "49111000000123"})

    assert await kept(floor) == ("+49111000000123", "")


async def test_an_address_inside_a_sentence_is_kept_and_the_people_read_the_sentence(floor: Floor) -> None:
    await is_asked(floor)
    await floor.says("Anna", "mail me at anna@example.org please, kettle broken")

    assert await kept(floor) == ("", "anna@example.org")
    assert set(await floor.told()) == {
        ("Anna", "Noted: anna@example.org. You keep your place here as well."),
        ("in Anna", "📇 The customer left a contact: anna@example.org"),
        ("in Anna", "mail me at anna@example.org please, kettle broken"),
    }


async def test_a_number_of_a_range_that_no_table_knows_is_kept_when_it_was_asked_for(floor: Floor) -> None:
    await is_asked(floor)
    await floor.says("Anna", "+447700900102")

    assert await kept(floor) == ("+447700900102", "")
    assert (await floor.heard("Anna")) == ["Noted: +447700900102. You keep your place here as well."]


@pytest.mark.parametrize(
    ("words", "told"),
    [("+49 170 1234567", "Noted: +491701234567."), ("no", "Fine, without it."), ("/cancel", "Fine, without it.")],
)
async def test_who_is_served_already_is_told_of_no_place(floor: Floor, words: str, told: str) -> None:
    await is_asked(floor)
    await floor.writes("Olga", "Anna", "Here I am.")
    await floor.told()
    await floor.says("Anna", words)

    assert await floor.heard("Anna") == [told]


async def test_after_one_wrong_try_it_is_said_how_it_looks_and_asked_once_more(floor: Floor) -> None:
    await is_asked(floor)
    await floor.says("Anna", "call me maybe")
    first = await floor.heard("Anna")
    await floor.says("Anna", "the kettle sings")
    second = await floor.heard("Anna")
    await floor.says("Anna", "it still sings")

    assert len(first) == 1
    assert "+49 170 1234567 or anna@example.org" in first[0]
    assert second == ["I found no phone number or e-mail address in that, so I passed it on as a message."]
    assert await floor.told() == [("in Anna", "it still sings")]


async def test_the_second_try_is_taken(floor: Floor) -> None:
    await is_asked(floor)
    await floor.says("Anna", "call me maybe")
    await floor.says("Anna", "0170 1234567")

    assert await kept(floor) == ("+491701234567", "")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("+49 170 1234567", ("+491701234567", "")),
        ("0170 / 1234567, danke!", ("+491701234567", "")),
        ("8 912 345-67-89", ("+79123456789", "")),
        ("anna@example.org", ("", "anna@example.org")),
        ("meine E-Mail ist anna@example.org", ("", "anna@example.org")),
        ("Моя почта anna@example.org, жду ответа", ("", "anna@example.org")),
        ("my number is +49 170 1234567, the kettle sings", ("+491701234567", "")),
        ("Telefon: 0170 1234567, E-Mail: <anna@example.org>", ("+491701234567", "anna@example.org")),
        ("my phone number is +44 7700 900102", ("+447700900102", "")),
        ("my number is +44 7700 900102, the lid sings", ("+447700900102", "")),
        ("Телефон +49 170 1234567, заказ S-1042", ("+491701234567", "")),
        ("Order S-1042, phone: +49 170 1234567", ("+491701234567", "")),
        ("the phone of the courier is +49 170 1234567", ("", "")),
        ("my number is +44 7700", ("", "")),
        ("my number is +44 7700 900102 or +44 7700 900103", ("", "")),
        ("my parcel is 00340434161094032954", ("", "")),
        ("1701234567", ("", "")),
        ("01.02.2026", ("", "")),
        ("the parcel went to info@example.com", ("", "")),
        ("my e-mail is not anna@example.org", ("", "")),
        ("my e-mail is anna@example.org or boris@example.org", ("", "")),
        ("my order number is 0170 1234567", ("", "")),
        ("@", ("", "")),
        ("+49 170 1234567 " * 300, ("", "")),
    ],
)
@pytest.mark.parametrize("claimed", [False, True])
async def test_who_was_not_asked_leaves_only_what_plainly_is_theirs(
    floor: Floor, words: str, found: tuple[str, str], *, claimed: bool
) -> None:
    await floor.asks("Anna")
    if claimed:
        await floor.writes("Olga", "Anna", "/claim")
    await floor.told()
    await floor.says("Anna", words)

    told = await floor.told()
    assert await kept(floor) == found
    assert any(who == "in Anna" and words.strip()[:30] in text for who, text in told), "it is relayed all the same"
    assert any("left a contact" in text for who, text in told if who == "in Anna") == any(found)
    assert any("Noted" in text for who, text in told if who == "Anna") == (any(found) and not claimed)


async def test_the_same_contact_again_is_told_once(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.says("Anna", "anna@example.org")
    await floor.told()
    await floor.says("Anna", "anna@example.org")

    assert await floor.told() == [("in Anna", "anna@example.org")]


async def test_somebody_elses_card_is_no_contact_of_the_sender_unless_asked_for(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.says("Anna", "Boris", ContentKind.CONTACT, phone="+491701234567", user="cBoris")
    others = await kept(floor)
    await floor.says("Anna", "Anna", ContentKind.CONTACT, **OWN_NUMBER)

    assert others == ("", "")
    assert await kept(floor) == ("+4915155500000", "")
