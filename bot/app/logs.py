"""Logs to standard error: names of events and ids, never customers' words, tokens or local variables."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from bot.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Write logs to standard error: names of events and ids, never customers' words, tokens or local variables."""
    level = getattr(logging, settings.log.level.upper())
    plain = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    last: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if settings.log.format == "json"
        else [plain]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr)
    for noisy in ("httpx", "aiohttp.access", "aiogram", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
