"""What people can do in the sandbox beyond writing: polls, albums that come part by part, another file in a message."""

from __future__ import annotations

from bot.sandbox import ANNA
from tests.sandbox.bare_bot import Bot
from tests.sandbox_client import SandboxClient


async def test_a_poll_of_a_person_reaches_the_bot_with_question_and_options(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.person(ANNA)

    await anna.sends("poll", question="Which day?", options=["Monday", "Friday"])

    (update,) = await bot.updates()
    poll = update["message"]["poll"]
    assert (poll["question"], [one["text"] for one in poll["options"]]) == ("Which day?", ["Monday", "Friday"])


async def test_parts_of_an_album_may_come_one_by_one(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.person(ANNA)

    await anna.sends("photo", group="77")
    await anna.sends("photo", group="77")
    await anna.sends("photo")

    albums = [update["message"].get("media_group_id") for update in await bot.updates()]
    assert albums == ["77", "77", None]


async def test_another_file_takes_the_place_of_the_one_in_a_message(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.person(ANNA)
    sent = await anna.sends("photo", caption="The bill")

    order = {"chat_id": anna.id, "message_id": sent.id, "text": "The right bill", "kind": "document"}
    await sandbox.post(f"users/{anna.id}/edits", order)

    _, update = await bot.updates()
    edited = update["edited_message"]
    assert (edited["message_id"], edited["caption"], "photo" in edited) == (sent.id, "The right bill", False)
    assert edited["document"]["file_unique_id"]
