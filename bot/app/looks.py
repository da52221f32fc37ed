"""What only looks right or wrong in a channel: the menus of commands, and which icons topics may carry.

Nobody's question waits for these, and whatever they run into is logged and no more.
"""

from __future__ import annotations

import asyncio

import structlog

from bot.channels.telegram.channel import TelegramChannel
from bot.domain.ports import Act, DeliveryError, Outgoing
from bot.handlers import menus
from bot.handlers.house import House
from bot.handoff import staff

log = structlog.get_logger()
ICONS_WITHIN = 1.0
"""Seconds in which a start asks once for the icons, so that topics which waited for it have theirs."""
ICONS_AGAIN = 60.0


async def learn_icons(channel: TelegramChannel) -> None:
    """Ask for the icons that topics may carry until they are known; until then topics have none."""
    while not await channel.learn_icons():  # noqa: ASYNC110 asked of another machine
        await asyncio.sleep(ICONS_AGAIN)


async def set_menus(house: House, channel: TelegramChannel) -> None:
    """Show each role its commands, in its language."""
    people = await house.database.read(staff.everybody)
    for place, commands, language in menus.of(house, people):
        body = {"commands": commands, "language": language}
        try:
            await channel.deliver(place, Outgoing(Act.SET_COMMANDS, body))
        except DeliveryError as error:
            log.debug("menu_not_set", reason=str(error))
        except Exception as error:  # noqa: BLE001 whatever a menu runs into, messages go on
            log.warning("menu_not_set", error=type(error).__name__)
