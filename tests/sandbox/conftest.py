"""A sandbox of its own for each test, served on a free port, and a bot that talks to it over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.server import Sandbox, running
from tests.sandbox.bare_bot import Bot
from tests.sandbox_client import SandboxClient


@pytest.fixture
async def served() -> AsyncIterator[Sandbox]:
    async with running(limits=False, retry_pause=0.01) as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(served: Sandbox) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(served.url, patience=3) as client:
        yield client


@pytest.fixture
async def bot(served: Sandbox) -> AsyncIterator[Bot]:
    async with httpx.AsyncClient(base_url=served.url, timeout=30, trust_env=False) as http:
        yield Bot(http)
