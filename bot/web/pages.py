"""Pages: templates filled in, in the reader's language, with every text escaped.

`pages.show("queue.html", texts, …)` gives an HTML answer. A template gets `t("web.queue")` for the bot's sentences
and `w.clock(…)` for times; it never gets a request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.handlers import order_sheet
from bot.i18n import Texts, clock_time, whole_day
from bot.web import richtext
from bot.web.static import shelf

TEMPLATES = Path(__file__).parent / "templates"
SCRIPT_TEXTS = ("s", "min", "h", "d")
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


@cache
def environment() -> Environment:
    """Return the templates; escaping is on for all of them."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["html"] = richtext.to_html
    made.globals["pieces_in"] = order_sheet.pieces_in
    made.globals["static"] = shelf().url
    return made


class Pages:
    """Fills templates in, for one time zone."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    def show(self, template: str, texts: Texts, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 what a page shows
        """Return a filled-in template as an answer."""
        return HTMLResponse(self.render(template, texts, **values), status)

    def render(self, template: str, texts: Texts, **values: Any) -> str:  # noqa: ANN401 what a page shows
        """Return a filled-in template."""
        wording = Wording(texts, self._zone)
        return environment().get_template(template).render(t=texts, lang=texts.language, w=wording, **values)


class Wording:
    """Times in words, in one language and time zone."""

    def __init__(self, texts: Texts, zone: str) -> None:
        self._texts = texts
        self._zone = ZoneInfo(zone)

    def clock(self, moment: datetime) -> str:
        """Return the time of day."""
        return clock_time(moment, self._zone.key, self._texts.language)

    def day(self, moment: datetime) -> str:
        """Return the date with weekday and year."""
        return whole_day(moment.astimezone(self._zone).date(), self._texts.language)

    def exact(self, moment: datetime) -> str:
        """Return date and time, for what is shown on hover."""
        return f"{self.day(moment)}, {self.clock(moment)}"

    def short(self, moment: datetime, now: datetime) -> str:
        """Return the time of day for today, else the date, its month in letters."""
        local = moment.astimezone(self._zone)
        if local.date() == now.astimezone(self._zone).date():
            return self.clock(moment)
        from babel.dates import format_date

        return str(format_date(local.date(), "medium", locale=self._texts.language))

    def span(self, span: timedelta) -> str:
        """Return a stretch of time with its largest unit, as the page's clock shows it: "45 s", "4 min", "2 h"."""
        seconds = max(0, int(span.total_seconds()))
        for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
            if seconds >= size:
                return self._texts(f"web.unit_{unit}", count=seconds // size)
        return self._texts("web.unit_s", count=seconds)

    def size(self, count: int) -> str:
        """Return how large a file is: "48 KB", "1.2 MB"."""
        from babel.numbers import format_decimal

        unit, whole = ("mb", MEGABYTE) if count >= MEGABYTE else ("kb", KILOBYTE)
        shown = "#,##0.#" if unit == "mb" else "#,##0"
        number = format_decimal(max(count / whole, 1), shown, locale=self._texts.language)
        return self._texts(f"web.size_{unit}", size=number)

    @staticmethod
    def length(seconds: int) -> str:
        """Return how long a sound or a film is: "0:07", "12:30"."""
        return f"{seconds // 60}:{seconds % 60:02}"

    def category(self, name: str) -> str:
        """Return a FAQ category as people read it: from the catalogue where it is known there, else as written."""
        key = f"category.{name}"
        return self._texts(key) if self._texts.knows(key) else (name or self._texts("web.no_category"))

    def script_texts(self, names: Iterable[str]) -> str:
        """Return sentences that a script needs, as JSON for an attribute; `{count}` and the like stay as they are."""
        keys = [*names, *(f"web.unit_{unit}" for unit in SCRIPT_TEXTS)]
        return json.dumps({key: self._texts(key) for key in keys}, ensure_ascii=False)
