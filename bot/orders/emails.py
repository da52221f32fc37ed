"""Reads an e-mail address: blanks, "mailto:" and angle brackets around it are fine, and the domain becomes small."""

from __future__ import annotations


def read_email(text: str) -> str:
    """Return the address in its normal writing, empty when it is none; nobody is asked whether it exists."""
    from email_validator import EmailNotValidError, validate_email

    try:
        bare = text.strip().removeprefix("mailto:").strip("<>., ")
        return validate_email(bare, check_deliverability=False).normalized
    except EmailNotValidError:
        return ""
