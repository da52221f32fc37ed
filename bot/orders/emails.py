"""Reads an e-mail address: blanks, "mailto:" and angle brackets around it are fine, and the domain becomes small."""

from __future__ import annotations

_LONGEST = 4096


def emails_in(text: str) -> tuple[str, ...]:
    """Return the addresses in a sentence, each once, in the order in which they are written."""
    words = (word.strip("()[]{}<>\"'„“”«»,;:!?.") for word in text[:_LONGEST].split() if "@" in word)
    return tuple(dict.fromkeys(filter(None, map(read_email, words))))


def read_email(text: str) -> str:
    """Return the address in its normal writing, empty when it is none; nobody is asked whether it exists."""
    from email_validator import EmailNotValidError, validate_email

    try:
        bare = text.strip().removeprefix("mailto:").strip("<>., ")
        return validate_email(bare, check_deliverability=False).normalized
    except EmailNotValidError:
        return ""
