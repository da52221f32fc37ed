"""A report as text, CSV or JSON.

The CSV has one figure a line (section, name, figure, value), so that a spreadsheet filters it as it likes. What a
customer or an owner wrote and a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from bot.i18n import Texts, whole_day
from bot.quality.metrics import PROMISES, Figures, Report

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones where Japanese is written
SECTIONS = ("operator", "channel", "category", "hour")
HEAD = ("section", "name", "figure", "value")
COMMENTS = 5
LONGEST_NAME, LONGEST_LINE = 60, 200
"""Characters of a name, and of what a customer wrote, that a report in words shows."""
DECIMAL_POINT = {"en": "."}


def as_json(report: Report, first: date, last: date) -> dict[str, Any]:
    """Return the report as one JSON object; spans in seconds, shares from 0 to 1, null for what there is none of."""
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "empty": report.empty,
        "total": report.total,
        "by": {section: dict(report.by[section]) for section in SECTIONS},
        "unanswered": [{"question": question, "asked": count} for question, count in report.unanswered],
        "handed_over": [{"entry": entry, "hand_overs": count} for entry, count in report.handed_over],
        "comments": [
            {"ticket": one.ticket_id, "score": one.score, "comment": one.comment, "at": one.at.isoformat()}
            for one in report.comments
        ],
    }


def as_csv(report: Report) -> str:
    """Return the report as CSV, one figure a line."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(HEAD)
    for row in _csv_rows(report):
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue()


def _csv_rows(report: Report) -> Iterator[tuple[object, ...]]:
    yield from (("total", "", figure, value) for figure, value in report.total.items())
    for section in SECTIONS:
        for name, figures in report.by[section].items():
            yield from ((section, name, figure, value) for figure, value in figures.items())
    yield from (("unanswered", question, "asked", count) for question, count in report.unanswered)
    yield from (("handed_over", entry, "hand_overs", count) for entry, count in report.handed_over)
    yield from (("comment", f"#{one.ticket_id}", one.score, one.comment) for one in report.comments)


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; figures stay figures."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def as_text(report: Report, first: date, last: date, texts: Texts) -> str:
    """Return the report in words."""
    days = whole_day(first, texts.language)
    if last != first:
        days = f"{days} – {whole_day(last, texts.language)}"
    if report.empty:
        return texts("report.empty", days=days)
    lines = [texts("report.head", days=days), "", *_whole(report.total, texts)]
    for section in ("operator", "channel", "category"):
        if report.by[section]:
            lines += ["", texts(f"report.by_{section}")]
            some = list(report.by[section].items())[:12]
            lines += [_one(_name_of(section, name, texts), figures, texts) for name, figures in some]
    busy = sorted(report.by["hour"].items(), key=lambda one: -_load(one[1]))[:3]
    if busy:
        lines += ["", texts("report.busiest", hours=", ".join(f"{hour}:00 ({_load(one)})" for hour, one in busy))]
    lines += _costly(report, texts)
    return "\n".join(lines)


def _name_of(section: str, name: str, texts: Texts) -> str:
    """Return what people call a channel or a category; others are names already."""
    key = f"{section}.{name}"
    known = section in {"channel", "category"} and texts.knows(key)
    return texts(key) if known else _line(name, LONGEST_NAME)


def _line(text: str, most: int) -> str:
    """Return somebody's words as a part of one line, so that they cannot look like lines of the report."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _decimal(value: float, texts: Texts) -> str:
    """Return a mean as people write it: 4.50 in English, 4,50 in German and Russian."""
    return f"{value:.2f}".replace(".", DECIMAL_POINT.get(texts.language, ","))


def _load(figures: Figures) -> int:
    return int(figures["questions"] or 0) + int(figures["opened"] or 0)


def _whole(total: Figures, texts: Texts) -> list[str]:
    lines = [
        texts(
            "report.volume",
            wrote=texts("report.wrote", n=total["conversations"]),
            messages=texts("report.messages", n=total["messages"]),
            opened=texts("report.opened", n=total["opened"]),
        ),
        _automation(total, texts),
        texts(
            "report.first_answer",
            p50=span(total["first_answer_p50"], texts),
            p90=span(total["first_answer_p90"], texts),
        ),
        texts("report.handling", p50=span(total["handling_p50"], texts), p90=span(total["handling_p90"], texts)),
        texts("report.sla", rate=percent(total["sla_kept"]), whole=total["promises"]),
    ]
    broken = [
        texts(f"report.breach_{one}", count=total[f"breaches_{one}"]) for one in PROMISES if total[f"breaches_{one}"]
    ]
    lines += [f"  {', '.join(broken)}"] if broken else []
    return [*lines, _csat(total, texts)]


def _automation(total: Figures, texts: Texts) -> str:
    if not total["questions"]:
        return texts("report.no_questions")
    share = percent(total["automation_rate"])
    return texts("report.automation", rate=share, part=total["automated"], n=total["questions"])


def _csat(total: Figures, texts: Texts) -> str:
    mean = total["csat_mean"]
    if mean is None:
        return texts("report.no_csat")
    good = percent(total["csat_good"])
    return texts("report.csat", mean=_decimal(mean, texts), good=good, n=total["csat_number"])


def _one(name: str, figures: Mapping[str, Any], texts: Texts) -> str:
    parts = []
    if figures["questions"]:
        parts.append(texts("report.of_bot", n=figures["questions"], rate=percent(figures["automation_rate"])))
    if figures["opened"]:
        first = span(figures["first_answer_p50"], texts)
        parts.append(texts("report.of_people", n=figures["opened"], p50=first))
    if figures["closed"]:
        handling = span(figures["handling_p50"], texts)
        parts.append(texts("report.of_closed", count=figures["closed"], p50=handling))
    if figures["promises"]:
        parts.append(texts("report.of_sla", rate=percent(figures["sla_kept"])))
    if figures["csat_number"]:
        parts.append(f"CSAT {_decimal(figures['csat_mean'], texts)} ({figures['csat_number']})")
    if figures["quality_number"]:
        mean = _decimal(figures["quality_mean"], texts)
        parts.append(texts("report.of_quality", mean=mean, count=figures["quality_number"]))
    return f"• {name}: {', '.join(parts) or '–'}"


def _costly(report: Report, texts: Texts) -> list[str]:
    lines = []
    if report.unanswered:
        lines += [
            "",
            texts("report.unanswered"),
            *[f"• {count}× {_line(question, LONGEST_LINE)}" for question, count in report.unanswered[:5]],
        ]
    if report.handed_over:
        lines += ["", texts("report.handed_over"), *[f"• {count}× {entry}" for entry, count in report.handed_over[:5]]]
    if report.comments:
        said = [
            f"• {one.score}/5 #{one.ticket_id}: {_line(one.comment, LONGEST_LINE)}"
            for one in report.comments[:COMMENTS]
        ]
        lines += ["", texts("report.comments"), *said]
    return lines


def percent(share: float | None) -> str:
    """Return a share as people read it: "93 %", a dash for none."""
    return "–" if share is None else f"{round(share * 100)} %"


def span(seconds: float | None, texts: Texts) -> str:
    """Return a span as people read it: "40 s", "3 min", "2 h"; a dash for none."""
    if seconds is None:
        return "–"
    for unit, size in (("d", 172_800), ("h", 7_200), ("min", 120)):
        if seconds >= size:
            whole = {"d": 86_400, "h": 3_600, "min": 60}[unit]
            return texts(f"web.unit_{unit}", count=round(seconds / whole))
    return texts("web.unit_s", count=round(seconds))
