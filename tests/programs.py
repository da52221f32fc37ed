"""Programs of ours that tests start: `python -m bot run`, its commands, the sandbox.

```python
done = carry_out(["bot", "faq", "lint", "--json"], folder, {"SUPPORTBOT_FAQ__ENCODER": "none"})
assert done.returncode == 0
```

On Linux a start is a fork of a process that has imported everything already; `tests.prepared` says what that does not
show. Elsewhere, and where `plain` is asked for, it is an interpreter of its own. The variables `SUPPORTBOT_…` of
whoever runs the tests reach neither.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from tests.prepared import DESCRIPTORS, LENGTH

ROOT = Path(__file__).parents[1]
FORKS = sys.platform == "linux"
PATIENCE = 60.0
"""Seconds for a command, or for an answer of the process that forks."""


class Forked:
    """A program that runs in a fork; what it is asked for, it answers as `subprocess.Popen` does."""

    def __init__(self, connection: socket.socket, stdout: TextIO, stderr: TextIO | None) -> None:
        self._connection = connection
        self._answers = connection.makefile("r", encoding="ascii")
        self.returncode: int | None = None
        self.stdout = stdout
        self.stderr = stderr
        self.pid = int(self._answers.readline())

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when it has ended.

        Raises:
            subprocess.TimeoutExpired: it still runs after so many seconds.
        """
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return code

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._connection], [], [], timeout)[0]:
            self.returncode = int(self._answers.readline())
            self._answers.close()
            self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Return what it printed and what it complained of, when it has ended."""
        streams = [self.stdout] if self.stderr is None else [self.stdout, self.stderr]
        with ThreadPoolExecutor(len(streams)) as readers:
            said = [readers.submit(stream.read) for stream in streams]
            try:
                self.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()  # or the readers would wait for ever
                raise
        for stream in streams:
            stream.close()
        return said[0].result(), "".join(one.result() for one in said[1:])


Program = Forked | subprocess.Popen[str]


def start(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    plain: bool = not FORKS,
    together: bool = False,
) -> Program:
    """Start `python -m` with these arguments in a folder.

    Args:
        arguments: the module, `bot` or `bot.sandbox`, and what is typed behind it.
        folder: where it is started.
        environment: its settings, `SUPPORTBOT_…`, and what else it shall find.
        plain: start an interpreter of its own.
        together: standard error comes with standard output.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SUPPORTBOT_")}
    whole = {**kept, "PYTHONPATH": str(ROOT), **environment}
    if not plain:
        return _fork(arguments, folder, whole, together=together)
    return subprocess.Popen(  # noqa: S603 our own program
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=whole,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if together else subprocess.PIPE,
        text=True,
    )


def carry_out(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], *, plain: bool = not FORKS
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, and return what came of it."""
    running = start(arguments, folder, environment, plain=plain)
    try:
        printed, complained = running.communicate(timeout=PATIENCE)
    finally:
        running.kill()
    return subprocess.CompletedProcess(list(arguments), running.wait(), printed, complained)


@functools.cache
def _prepared() -> socket.socket:
    """Start the process that forks, one for the process that asks; both end together."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 our own program
            [sys.executable, "-m", "tests.prepared", str(theirs.fileno())],
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # its threads would not come along
            pass_fds=[theirs.fileno()],
        )

    def end() -> None:
        ours.close()
        process.wait(PATIENCE)

    atexit.register(end)
    if ours.recv(16) != b"ready\n":
        raise RuntimeError("the process that forks could not be prepared; it says above why")
    return ours


def _fork(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], *, together: bool) -> Forked:
    body = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)}
    line = json.dumps(body).encode()
    ours, theirs = socket.socketpair()
    printed, complained = os.pipe(), None if together else os.pipe()
    nothing = os.open(os.devnull, os.O_RDONLY)
    given = [theirs.fileno(), nothing, printed[1], printed[1] if complained is None else complained[1]]
    assert len(given) == DESCRIPTORS
    control = _prepared()
    socket.send_fds(control, [len(line).to_bytes(LENGTH)], given)
    control.sendall(line)
    for number in {*given[1:]}:
        os.close(number)
    theirs.close()
    return Forked(ours, _text(printed[0]), None if complained is None else _text(complained[0]))


def _text(number: int) -> TextIO:
    return open(number, encoding="utf-8")
