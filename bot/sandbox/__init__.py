"""A local Telegram: a Bot API server with people to play, for trying, training and testing without an account.

`python -m bot.sandbox --port 8081` serves it; a bot whose api_base is http://127.0.0.1:8081 and whose token is
`DEFAULT_TOKEN` talks to Anna, Ben and Vera there, and to the operators in the topics of "Support desk".
It imports nothing from the rest of the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.seed import (
    ADA,
    ANNA,
    BEN,
    BOT_ID,
    BOT_USERNAME,
    DEFAULT_TOKEN,
    GROUP_ID,
    MAX,
    OLGA,
    VERA,
    Seed,
    people,
)

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox, create_app, running, serve

__all__ = [
    "ADA",
    "ANNA",
    "BEN",
    "BOT_ID",
    "BOT_USERNAME",
    "DEFAULT_TOKEN",
    "GROUP_ID",
    "MAX",
    "OLGA",
    "VERA",
    "Sandbox",
    "Seed",
    "create_app",
    "people",
    "running",
    "serve",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whichever name is asked for
    """Load the server when it is first asked for: settings need the ids alone."""
    if name in ("Sandbox", "create_app", "running", "serve"):
        from bot.sandbox import server

        return getattr(server, name)
    raise AttributeError(name)
