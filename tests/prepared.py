"""A process that has imported the whole program and forks: so the hundreds of starts that tests ask for are cheap.

A walk kills its bot and starts it again: that costs milliseconds here instead of the seconds that importing aiogram,
SQLAlchemy and NumPy takes. Run by `tests.programs`, one beside each process of pytest, and only on Linux.

A start comes as one line of JSON over a Unix socket, with the descriptors of a connection of its own and of the three
standard streams. Back over that connection go the process's id, and its exit code when it has ended. A forked program
gets folder, environment, arguments and streams as `python -m` would give them, reads its settings after the fork, and
ends as any Python does: its threads are waited for and what it left to do at the end is done.

What a start from here does not show: that the imports work in the order in which the program makes them, what they
cost, and what people meet before they are over; variables that the interpreter itself reads before any program runs;
another seed of the hashes. Plain starts show that, and some stay: see `tests/test_start.py`.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from types import FrameType
from typing import Any

LATER = (
    "alembic.command",
    "apscheduler.executors.asyncio",
    "apscheduler.triggers.interval",
    "babel.dates",
    "babel.messages.pofile",
    "babel.numbers",
    "phonenumbers",
    "snowballstemmer",
    "sqlalchemy.ext.compiler",
    "uvicorn.lifespan.off",
)
"""What the program imports when it comes to need it."""
DESCRIPTORS = 4
"""That come with each start: a connection of its own, then standard input, output and error."""
LENGTH = 4
"""Bytes that tell how long the line is."""


@dataclass(frozen=True)
class Start:
    """One start that was asked for."""

    arguments: list[str]
    folder: str
    environment: dict[str, str]
    connection: socket.socket
    streams: tuple[int, int, int]


def prepare() -> None:
    """Import all of the program, and leave nothing in this process that a fork could not take along."""
    import bot

    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            importlib.import_module(module.name)
    for name in LATER:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    if threading.active_count() != 1:
        raise RuntimeError(f"an import has started threads, which no fork takes along: {threading.enumerate()}")


def serve(control: socket.socket) -> Start | None:
    """Fork a process for each start that is asked for, until nobody is left to ask.

    Returns:
        The start, in a process that was forked for it; None in this one, when it is over.
    """
    running: dict[int, socket.socket] = {}
    with _told_of_children() as ended, selectors.DefaultSelector() as ready:
        ready.register(control, selectors.EVENT_READ)
        ready.register(ended, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is ended:
                    _reap(ended, running)
                    continue
                start = _asked(control)
                if start is None:
                    _end(running)
                    return None
                if (number := os.fork()) == 0:
                    for connection in [control, start.connection, *running.values()]:
                        connection.close()
                    return start
                start.connection.sendall(f"{number}\n".encode())
                running[number] = start.connection
                for stream in start.streams:
                    os.close(stream)


class _told_of_children:  # noqa: N801 read as a verb
    """Open a socket that can be read when a child has ended; in a child everything is as it was."""

    def __enter__(self) -> socket.socket:
        self.read, self.write = socket.socketpair()
        self.read.setblocking(False)
        self.write.setblocking(False)
        self.before = signal.signal(signal.SIGCHLD, _nothing)
        signal.set_wakeup_fd(self.write.fileno(), warn_on_full_buffer=False)
        return self.read

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, self.before)
        self.read.close()
        self.write.close()


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Let the signal wake the selector; a signal without a handler would not."""


def _asked(control: socket.socket) -> Start | None:
    """Return the next start; None when the other side is gone."""
    length, descriptors, _, _ = socket.recv_fds(control, LENGTH, DESCRIPTORS)
    if not length:
        return None
    left, line = int.from_bytes(length), b""
    while len(line) < left:
        line += control.recv(left - len(line))
    body: dict[str, Any] = json.loads(line)
    connection, *streams = descriptors
    return Start(**body, connection=socket.socket(fileno=connection), streams=(streams[0], streams[1], streams[2]))


def _reap(ended: socket.socket, running: dict[int, socket.socket]) -> None:
    """Tell the exit codes of the processes that have ended: what they returned, or the signal's number below zero."""
    ended.recv(4096)
    for number in list(running):
        found, status = os.waitpid(number, os.WNOHANG)
        if found:
            with running.pop(number) as connection:
                try:
                    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
                except BrokenPipeError:
                    continue  # nobody wants to know any more


def _end(running: dict[int, socket.socket]) -> None:
    """Leave nothing behind that pytest has started."""
    for number, connection in running.items():
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
        connection.close()


def become(start: Start) -> None:
    """Make this process what `python -m` with these arguments is before its first line."""
    for number, stream in enumerate(start.streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(start.environment)
    time.tzset()
    os.chdir(start.folder)
    sys.path[0] = start.folder
    sys.argv = ["-m", *start.arguments[1:]]
    sys.stdin = _text(0, "r")
    sys.stdout = _text(1, "w")
    sys.stderr = _text(2, "w")


def carry_out(module: str) -> None:
    """Run a module as `python -m` does."""
    codes: list[object] = []
    atexit.register(_leave, codes)  # as the first that registers in this process it is called last
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        codes.append(end.code)
        raise


def _leave(codes: list[object]) -> None:
    """End the process before the interpreter takes all modules apart: that costs more than the start did."""
    if codes and isinstance(codes[0], int):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(codes[0])


def _text(number: int, mode: str) -> io.TextIOWrapper:
    """Open a standard stream as the interpreter does."""
    at_once = bool(os.environ.get("PYTHONUNBUFFERED")) and mode == "w"
    raw = open(number, mode + "b", 0 if at_once else -1, closefd=False)  # noqa: SIM115 open as long as we run
    stands = number == 2
    errors = "backslashreplace" if stands else "strict"
    return io.TextIOWrapper(raw, "utf-8", errors, write_through=at_once, line_buffering=stands or os.isatty(number))


if __name__ == "__main__":
    prepare()
    with socket.socket(fileno=int(sys.argv[1])) as listening:
        try:
            listening.sendall(b"ready\n")
            asked = serve(listening)
        except KeyboardInterrupt:
            asked = None
    if asked is not None:
        become(asked)
        carry_out(asked.arguments[0])
