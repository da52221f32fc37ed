"""What the bot answers while people have the chat counts neither as answered by it alone nor as handed over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.quality import facts
from bot.quality.facts import Question
from tests.web.office import Office
from tests.web.talk import Talk

ASKED = "How much is delivery?"


@pytest.fixture
def anna(office: Office) -> Talk:
    return Talk(office)


async def questions(office: Office) -> list[Question]:
    """Return what counts as a question of these days."""
    now = office.clock()
    found = await office.read(lambda conn: facts.gather(conn, now - timedelta(days=2), now + timedelta(days=1)))
    return list(found.questions)


async def chooses(anna: Talk) -> None:
    """Let Anna choose the question from the topics."""
    await anna.says("/topics")
    await anna.presses("elivery")
    await anna.presses(ASKED)


async def test_what_is_asked_or_chosen_while_people_have_the_chat_is_no_question_of_the_bots(
    office: Office, anna: Talk
) -> None:
    await anna.says("/human")
    (answer,) = await anna.says(ASKED)
    await chooses(anna)
    await anna.says("/cancel")
    office.clock.forward(minutes=5)
    await anna.says("/human")
    office.clock.forward(minutes=5)
    await chooses(anna)

    assert answer["text"]["text"] == "It is 5 €."
    assert await questions(office) == []


@pytest.mark.parametrize("by_menu", [False, True])
async def test_before_and_after_it_counts_and_a_ticket_behind_it_counts_against_the_bot(
    office: Office, anna: Talk, *, by_menu: bool
) -> None:
    async def asks() -> None:
        if by_menu:
            await chooses(anna)
        else:
            await anna.says(ASKED)

    await asks()
    office.clock.forward(minutes=5)
    await anna.says("/human")
    await anna.says("/cancel")
    office.clock.forward(minutes=5)
    await asks()

    assert [(one.entry, one.handed_over) for one in await questions(office)] == [
        ("delivery-cost", True),
        ("delivery-cost", False),
    ]
