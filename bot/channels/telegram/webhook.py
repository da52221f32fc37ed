"""Telegram's updates as they come by themselves: the webhook, the same for every driver.

Telegram posts `{"update_id": 7, "message": …}` with the secret that it was given. The answer is 200 once the update is
on the disk, and not before: until then Telegram sends it again.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

import structlog

from bot.channels.telegram import bot_api
from bot.domain.ports import Admit

log = structlog.get_logger()
OK, BAD, FORBIDDEN, BUSY = 200, 400, 401, 503


class Webhook:
    """Takes updates that Telegram sends by itself."""

    def __init__(self, secret: str, account: Callable[[], str], admit: Admit, polled: Callable[[], None]) -> None:
        self._secret = secret.encode()
        self._account = account
        self._admit = admit
        self._polled = polled

    async def receive(self, secret: bytes, body: bytes) -> int:
        """Store one update.

        Args:
            secret: of the header X-Telegram-Bot-Api-Secret-Token; compared before anything is parsed.
            body: as it came.

        Returns:
            The HTTP status: 200 once the update is on the disk, 401 for a wrong secret, 400 for what is no update, 503
            when it cannot be stored now, so that Telegram sends it again.
        """
        if not hmac.compare_digest(secret, self._secret):
            return FORBIDDEN
        try:
            update = json.loads(body)
            raw = bot_api.raw(update)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return BAD
        try:
            await self._admit(bot_api.NAME, self._account(), [raw])
        except Exception:
            log.exception("webhook_not_stored")
            return BUSY
        self._polled()
        return OK
