"""How staff type a command: `/close`, `/close@shop_bot refunded`, and `/note` with its words on the next line."""

from __future__ import annotations

import re

_COMMAND = re.compile(r"/([^\s@]*)\S*\s*(.*)", re.DOTALL)
UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Marks that nobody sees, which come along with what is copied from elsewhere."""


def named(text: str) -> tuple[str, str]:
    """Return a command's name, in small letters and without the bot's, and the words behind it."""
    found = _COMMAND.match(text)
    return (found[1].lower(), found[2].strip()) if found else ("", "")


def bare(text: str) -> str:
    """Return a text without what nobody sees at its ends: what is a note is one behind such a mark, too."""
    return text.strip().strip(UNSEEN).strip()
