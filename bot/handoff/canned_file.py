"""Canned answers as a file: TOML as in `config/handoff.toml`, out and in again without a difference."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from bot.domain import toml_slips
from bot.handoff import canned
from bot.handoff.canned import CannedAnswer
from bot.handoff.reading import RulesBroken


def load(file: Path) -> tuple[CannedAnswer, ...]:
    """Return the canned answers of a TOML file; what else stands in it is left alone.

    Raises:
        RulesBroken: it cannot be read, has no canned answers, or one of them is wrong.
    """
    try:
        body = toml_slips.read(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RulesBroken(file, "not readable", error.strerror or "no such file") from None
    except (toml_slips.TomlSlip, UnicodeDecodeError) as error:
        raise RulesBroken(file, "not readable as TOML", str(error)) from None
    found = canned.read(body.get("canned", []), lambda key, why: RulesBroken(file, key, why))
    if not found:
        raise RulesBroken(file, "canned", "there are none in it; each begins with [[canned]] and has a key and a text")
    return found


def written(answers: Iterable[CannedAnswer]) -> str:
    """Return canned answers as TOML."""
    return "\n".join(_table(one) for one in answers)


def _table(answer: CannedAnswer) -> str:
    lines = ["[[canned]]", f"key = {_text(answer.key)}"]
    if answer.category:
        lines.append(f"category = {_text(answer.category)}")
    if not answer.enabled:
        lines.append("enabled = false")
    if answer.asked:
        lines.append(f"asked = [{', '.join(_text(one) for one in answer.asked)}]")
    lines += [f"{language} = {_text(body)}" for language, body in answer.bodies.items()]
    return "\n".join([*lines, ""])


def _text(value: str) -> str:
    r"""Return a TOML basic string: JSON's, but for the sign 7F, which TOML wants as `\u007f`."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
