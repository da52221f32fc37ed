"""What every test is under: nothing may be skipped where TEST_STRICT is set, and nothing may wait for ever.

With TEST_STRICT set, a test that is skipped fails: CI has everything that the suite asks for. A test that takes longer
than its kind may fails too, and names the tasks that were still waiting and what for.
"""

from __future__ import annotations

import asyncio
import gc
import io
import os
import shutil
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
import structlog

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the processes of a run would each compile the whole program again
sys.dont_write_bytecode = False
gc.disable()  # until all is collected: none of it is garbage
STRICT = bool(os.environ.get("TEST_STRICT"))
PATIENCE, WALKS_PATIENCE = 150, 600
"""Seconds after which a test is given up: far more than one takes on a machine that does much else."""
FIRST = ("walk", "browser", "slow", "postgres")
"""Kinds of tests whose files come first, in this order; none of them can be shared out once it has begun."""
MEMORY, ROOM = "/dev/shm", 4 * 2**30  # noqa: S108 a folder of pytest's own is made in it
if Path(MEMORY).is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)
"""Files of tests go into memory where there is room: each commit of theirs waits for a disk otherwise."""
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
"""As the program's own logs; by default each logged error is set out with its source and all local variables."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    begin_with_the_longest(items)
    for item in items:
        if item.get_closest_marker("timeout") or item.get_closest_marker("long"):
            continue
        patient = any(item.get_closest_marker(kind) for kind in ("walk", "browser", "slow"))
        item.add_marker(pytest.mark.timeout(WALKS_PATIENCE if patient else PATIENCE))


def begin_with_the_longest(items: list[pytest.Item]) -> None:
    """Put files that take long before the others, so that a run does not end with one process busy and none beside it.

    Walks wait more than they reckon: at the beginning several of them share the processor.
    """
    place: dict[Path, int] = {}
    for item in items:
        own = next((number for number, kind in enumerate(FIRST) if item.get_closest_marker(kind)), len(FIRST))
        place[item.path] = min(own, place.get(item.path, own))
    items.sort(key=lambda item: place[item.path])


def pytest_collection_finish() -> None:
    """Put what was collected out of the collector's sight: it would look through all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


def waiting_tasks() -> str:
    """Return the stacks of all tasks that are not done, in any loop."""
    told = io.StringIO()
    for task in gc.get_objects():
        if isinstance(task, asyncio.Task) and not task.done():
            task.print_stack(file=told)
    return told.getvalue()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and nothing may be skipped here: {report.longrepr}"
    if call.excinfo is not None and "Timeout (>" in str(call.excinfo.value):
        report.sections.append(("Tasks that were waiting", waiting_tasks()))
    return report
