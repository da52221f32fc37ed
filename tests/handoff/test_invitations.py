"""Invitations: good once, for three days, until they are withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.people import Role
from bot.handoff import invitations
from bot.handoff.invitations import LIVES
from bot.storage.database import Database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def invited(database: Database) -> str:
    return await database.transaction(lambda conn: invitations.invite(conn, Role.MANAGER, NOON, name="Max"))


async def test_an_invitation_opens_the_door_once(database: Database) -> None:
    token = await invited(database)

    first = await database.transaction(lambda conn: invitations.use(conn, token, NOON))
    second = await database.transaction(lambda conn: invitations.use(conn, token, NOON))

    assert first is not None
    assert (first.role, first.name, second) == (Role.MANAGER, "Max", None)


async def test_an_invitation_that_is_too_old_or_withdrawn_or_made_up_opens_nothing(database: Database) -> None:
    old, withdrawn = await invited(database), await invited(database)
    newest = (await database.read(lambda conn: invitations.waiting(conn, NOON)))[0]
    taken_back = await database.transaction(lambda conn: invitations.withdraw(conn, newest.id, NOON))

    opened = [
        await database.transaction(lambda conn: invitations.use(conn, old, NOON + LIVES)),
        await database.transaction(lambda conn: invitations.use(conn, withdrawn, NOON)),
        await database.transaction(lambda conn: invitations.use(conn, "made-up", NOON)),
    ]

    assert taken_back is True
    assert opened == [None, None, None]


async def test_only_those_that_can_still_be_followed_wait(database: Database) -> None:
    used = await invited(database)
    await invited(database)
    await database.transaction(lambda conn: invitations.use(conn, used, NOON))

    waiting = await database.read(lambda conn: invitations.waiting(conn, NOON))
    much_later = await database.read(lambda conn: invitations.waiting(conn, NOON + LIVES))

    assert ([one.name for one in waiting], much_later) == (["Max"], [])
