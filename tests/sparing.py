"""What all tests of a process share, since making it anew for each would take longer than the tests themselves.

Thousands of tests open a database of their own and build a house around it. SQLAlchemy compiles a statement once for
each engine, and the house reads the owner's files: a test that says three sentences would compile eighty statements and
read ten files of TOML first. So all engines of a kind share one dialect with what it has compiled, and a file of this
repository is read once for as long as it stays the same. Files that tests write are read each time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.faq import glossary
from bot.handoff import rules
from bot.orders import catalogue_file, forms
from bot.storage import postgres, sqlite

ROOT = Path(__file__).parents[1]
Make = Callable[..., Any]


def with_one_dialect(make: Make) -> Make:
    """Let all engines that are made here compile a statement once: the first that was connected does it for them."""
    first: list[Engine] = []

    @wraps(make)
    def made(*args: Any, **options: Any) -> Engine | AsyncEngine:  # noqa: ANN401 as SQLAlchemy takes them
        engine: Engine | AsyncEngine = make(*args, **options)
        plain = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
        if not first or not hasattr(first[0].dialect, "server_version_info"):
            first[:] = [plain]
        plain.dialect = plain.pool._dialect = first[0].dialect  # noqa: SLF001 no argument takes a dialect that is there
        plain._compiled_cache = first[0]._compiled_cache  # noqa: SLF001 the same
        return engine

    return made


def reading_once(load: Make) -> Make:
    """Let a reader of a file give the same again for the same path and content."""
    known: dict[tuple[Any, ...], Any] = {}

    @wraps(load)
    def loaded(path: Path, *args: Any) -> Any:  # noqa: ANN401 whatever is read
        if not (path.is_relative_to(ROOT) and path.is_file()):
            return load(path, *args)
        key = (path, path.read_bytes(), *args)
        if key not in known:
            known[key] = load(path, *args)
        return known[key]

    return loaded


def spare() -> None:
    """Begin to share; what a test replaces for itself goes before."""
    for module, make in ((sqlite, "create_engine"), (postgres, "create_async_engine")):
        setattr(module, make, with_one_dialect(getattr(module, make)))
    for module in (forms, catalogue_file, glossary, rules):
        setattr(module, "load", reading_once(getattr(module, "load")))  # noqa: B009, B010 mypy knows no such attribute of all
