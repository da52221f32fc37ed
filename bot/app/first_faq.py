"""The FAQ that a new database begins with: the entries of the files that `faq.path` names.

The owner has written `path = "/srv/faq"` and forgotten to copy the folder: the start stops and says so, rather than
answering nobody.
"""

from __future__ import annotations

import structlog

from bot.domain.errors import WrongUsage
from bot.faq.entry import FaqEntry
from bot.settings import FaqSettings, Settings

log = structlog.get_logger()


class FaqPathMissing(WrongUsage):
    """The settings name a place for the FAQ where nothing is."""

    def __init__(self, path: str) -> None:
        super().__init__(f"faq.path: {path} does not exist; put the FAQ's files there, or name where they are")


def read(settings: Settings) -> list[FaqEntry]:
    """Read the FAQ's files; what reads them is imported only for a database that holds none yet.

    Returns:
        The entries; none, with a warning in the log, where the settings name no place and the usual one is not there.

    Raises:
        FaqPathMissing: the settings name a place that is not there.
        SupportbotError: a file is broken.
    """
    path = settings.path(settings.faq.path)
    if not path.exists():
        if settings.faq.path != FaqSettings().path:
            raise FaqPathMissing(str(path))
        log.warning("faq_empty", path=str(path), advice="every question goes to a person; see supportbot faq import")
        return []
    from bot.faq import exchange

    return exchange.read(path)
