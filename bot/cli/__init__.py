"""The command `supportbot`: run it, check it, ask it, move its FAQ in and out.

Exit code 0 on success, 1 when what was asked failed, 2 for wrong usage; errors are one sentence on standard error.
Every command but `run` works beside a running bot, in short transactions on the same database.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any

from cyclopts import App as Command, CycloptsError

from bot import __version__
from bot.cli.audit import audit
from bot.cli.base import faq
from bot.cli.canned import canned
from bot.cli.database import database
from bot.cli.orders import order
from bot.cli.people import operator
from bot.cli.reporting import quality, report
from bot.cli.running import check, run_bot, sandbox_alone
from bot.domain.errors import SupportbotError, WrongUsage
from bot.domain.scrubbing import said

command = Command(
    name="supportbot",
    help="The front desk of your shop in messengers.",
    version=__version__,
    version_flags=["--version"],
)
for group in (faq, database, operator, canned, quality, order, audit):
    command.command(group)
command.command(run_bot, name="run")
command.command(check, name="check")
command.command(report, name="report")
command.command(sandbox_alone, name="sandbox")
INTERRUPTED = 130
FAILED = 1


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line and return the exit code."""
    _quiet_logs()
    try:
        result = command(list(arguments), exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return _failed(f"{_sentence(error)}; `supportbot --help` lists the commands", WrongUsage.exit_code)
    except SupportbotError as error:
        return _failed(str(error), error.exit_code)
    except BaseExceptionGroup as several:
        return _several(several)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        from sqlalchemy.exc import DBAPIError  # most commands that fail never came to the database

        if not isinstance(error, DBAPIError):
            raise
        return _failed(f"the database cannot be used now ({said(error)}); nothing was changed, try again", FAILED)
    return result if isinstance(result, int) else 0


def _quiet_logs() -> None:
    """Let commands log to standard error, and warnings only; `run` sets this up by the settings."""
    from bot import logs

    logs.configure(logging.WARNING, for_good=False)


def _several(several: BaseExceptionGroup[Any]) -> int:
    """Name the first error that an owner can mend; anything else is ours and keeps its traceback."""
    known = several.subgroup(SupportbotError)
    if known is None:
        raise several
    error: BaseException = known
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, SupportbotError)  # noqa: S101 the subgroup holds nothing else
    return _failed(str(error), error.exit_code)


def _sentence(error: CycloptsError) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _failed(sentence: str, code: int) -> int:
    from bot.logs import clean

    sys.stderr.write(f"supportbot: {clean(sentence)}\n")
    return code
