"""Which programs speak to Telegram; the one that the settings name is imported when Telegram is switched on."""

from __future__ import annotations

from bot.domain.errors import WrongUsage
from bot.settings import Settings

DRIVERS = {"aiogram": ("bot.channels.telegram.aiogram_driver", "AiogramCaller")}


class DriverMissing(WrongUsage):
    """The settings name a driver that this version does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"telegram.driver: {name} is not in this version; set telegram.driver to {', '.join(DRIVERS)}")


def driver_of(settings: Settings) -> tuple[str, str]:
    """Return module and class of the Telegram driver.

    Raises:
        DriverMissing: there is none of that name.
    """
    try:
        return DRIVERS[settings.telegram.driver]
    except KeyError:
        raise DriverMissing(settings.telegram.driver) from None
