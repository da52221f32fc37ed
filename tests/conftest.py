"""With TEST_STRICT set, a test that is skipped fails: CI has everything that the suite asks for."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

STRICT = bool(os.environ.get("TEST_STRICT"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and nothing may be skipped here: {report.longrepr}"
    return report
