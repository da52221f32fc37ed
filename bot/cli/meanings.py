"""After an import: the phrasings' vectors, made ahead for the bot, with a bar on a terminal.

An import of 10,000 phrasings is in the base at once, and a running bot answers by words; their meanings take ten
seconds more. What is encoded here, no start has to encode.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from bot.domain.errors import SupportbotError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.faq.encoder import Encoder
    from bot.faq.entry import FaqEntry

WORTH_IT = 200  # phrasings without a vector; the bot encodes fewer in less time than the encoder needs to load
WIDTH = 30  # of the bar, in characters
STEP = 0.1  # seconds between two looks of the bar


class Stopped(SupportbotError):
    """The person at the keyboard does not want to wait."""

    def __init__(self) -> None:
        super().__init__("stopped; the entries are in the base, and the bot goes on with their meanings")


class Bar:
    """A line on a terminal that says how far something is; nothing in a pipe."""

    def __init__(self, title: str, out: TextIO) -> None:
        self._title = title
        self._out = out if out.isatty() else None
        self._begun = time.monotonic()
        self._shown = 0.0
        self.stop = threading.Event()

    def __call__(self, done: int, many: int) -> None:
        """Show that so many of all are done.

        Raises:
            Stopped: the bar was told to stop.
        """
        if self.stop.is_set():
            raise Stopped
        now = time.monotonic()
        if self._out is None or (now - self._shown < STEP and done < many):
            return
        self._shown = now
        full = WIDTH * done // max(many, 1)
        left = (now - self._begun) * (many - done) / max(done, 1)
        end = "\n" if done >= many else ""
        self._out.write(
            f"\r{self._title} [{'#' * full}{'.' * (WIDTH - full)}] {done:,} of {many:,}, {left:.0f} s left {end}"
        )
        self._out.flush()


async def encode(settings: Settings, entries: Sequence[FaqEntry]) -> int:
    """Encode the entries' phrasings and put their vectors where the bot looks for them; a second a thousand.

    Returns:
        How many were encoded; 0 without an encoder, and where they are so few that the bot does it by the way.
    """
    from bot.faq.encoder import encoder_named

    encoder = encoder_named(settings.faq.encoder)
    if encoder is None:
        return 0
    bar = Bar("Meanings", sys.stderr)
    work = asyncio.create_task(asyncio.to_thread(_encoded, settings, entries, encoder, bar))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        bar.stop.set()
        await asyncio.gather(work, return_exceptions=True)
        raise


def _encoded(settings: Settings, entries: Sequence[FaqEntry], encoder: Encoder, bar: Bar) -> int:
    from bot.faq import glossary
    from bot.faq.encoder import VectorStore
    from bot.faq.matcher import Index

    words = glossary.load(settings.config / "glossary.toml")
    index = Index.build([entry for entry in entries if entry.enabled], settings.languages, learn=False, glossary=words)
    store = VectorStore(encoder, settings.root / "var" / "vectors")
    many = store.missing(index.sentences)
    if many < WORTH_IT:
        return 0
    try:
        store.meanings(index.sentences, bar)
    finally:
        store.save()
    return many
