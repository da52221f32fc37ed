"""Serve the sandbox alone: `python -m bot.sandbox --port 8081 --state var/sandbox.json`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from bot.sandbox.server import running


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal comes; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="A local Telegram Bot API server.")
    parser.add_argument("--host", default="127.0.0.1", help="loopback only")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--state", type=Path, default=None, help="JSON file that keeps it over restarts")
    parser.add_argument("--no-limits", action="store_true", help="send as fast as you like")
    parser.add_argument(
        "--seed-people", type=int, default=0, metavar="N", help="N more customers, all known to the bot"
    )
    options = parser.parse_args(arguments)
    try:
        asyncio.run(_serve(options))
    except (OSError, ValueError) as reason:
        sys.stderr.write(f"sandbox: {reason}\n")
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    limits = not options.no_limits
    async with running(options.host, options.port, options.state, limits=limits) as sandbox:
        sandbox.world.add_crowd(options.seed_people)
        sys.stdout.write(f"sandbox listens on {sandbox.url}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
