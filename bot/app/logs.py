"""Logs to standard error: names of events and ids, never customers' words, tokens or local variables."""

from __future__ import annotations

import logging

from bot import logs
from bot.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Write logs as the settings say, and keep their secrets out, whatever they look like."""
    logs.know(*secrets_of(settings))
    logs.configure(getattr(logging, settings.log.level.upper()), settings.log.format)


def secrets_of(settings: Settings) -> list[str]:
    """Return the secrets that the settings hold."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    telegram = settings.telegram
    known = [telegram.token, telegram.webhook_secret, settings.web.metrics_token]
    try:
        password = make_url(settings.database_url).password
    except ArgumentError:
        password = None
    return [*(one.get_secret_value() for one in known), str(password or "")]
