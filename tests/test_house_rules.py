"""Rules of the house that prose alone would not keep: who writes a table, where time comes from, what is too long.

Read from the sources as a tree, so a rule holds for whatever is written next. The floors themselves are held by
import-linter.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.storage.schema import metadata

BOT = Path(__file__).parents[1] / "bot"
LONGEST_FUNCTION, USUAL_FUNCTION, LONGEST_MODULE = 60, 30, 400
WRITES = {"insert", "update", "delete"}
SECRET = re.compile(r"secret|token|password|csrf|signature|hash(?!ed)|hexdigest", re.IGNORECASE)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the bot by its path, but for the sandbox, which stands apart, and the migrations."""
    apart = ("sandbox/", "storage/migrations/")
    found = {path.relative_to(BOT).as_posix(): path for path in sorted(BOT.rglob("*.py"))}
    return {
        name: ast.parse(path.read_text(encoding="utf-8")) for name, path in found.items() if not name.startswith(apart)
    }


@cache
def by_kind() -> dict[type, list[tuple[str, ast.AST]]]:
    """Return each kind of node with where it stands: going through all trees takes longer than any rule."""
    found: dict[type, list[tuple[str, ast.AST]]] = {}
    for name, tree in modules().items():
        for node in ast.walk(tree):
            found.setdefault(type(node), []).append((name, node))
    return found


def nodes(*kinds: type, room: str = "") -> Iterator[tuple[str, ast.AST]]:
    for kind in kinds:
        yield from ((name, node) for name, node in by_kind().get(kind, []) if name.startswith(room))


def written(node: ast.AST) -> str:
    """Return an expression as it is written."""
    return ast.unparse(node)


def table_of(expression: str, names: dict[str, str]) -> str:
    """Return the table that an expression means, empty for anything else."""
    known = names.get(expression, expression)
    name = known.removeprefix("schema.")
    return name if known.startswith("schema.") and name in metadata.tables else ""


def names_of_tables() -> dict[str, dict[str, str]]:
    """Return the names that each module gives to tables: `_C, _P = schema.conversations, schema.customers`."""
    found: dict[str, dict[str, str]] = {module: {} for module in modules()}
    for module, node in nodes(ast.Assign):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = (
                zip(target.elts, node.value.elts, strict=False)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                else [(target, node.value)]
            )
            found[module] |= {written(name): said for name, value in pairs if (said := table_named(value))}
    return found


def table_named(value: ast.AST) -> str:
    """Return `schema.tickets` where that is all an expression says, else empty."""
    named = isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and value.value.id == "schema"
    return written(value) if named else ""


@cache
def writers() -> dict[str, set[str]]:
    """Return the modules that insert into, update or delete from each table."""
    found: dict[str, set[str]] = {name: set() for name in metadata.tables}
    names = names_of_tables()
    for module, node in nodes(ast.Call):
        if not isinstance(node, ast.Call):
            continue
        target = ""
        if isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            target = table_of(written(node.func.value), names[module])
        elif isinstance(node.func, ast.Name) and node.func.id in WRITES and node.args:
            target = table_of(written(node.args[-1]), names[module])
        if target:
            found[target].add(module)
    return found


def test_each_table_is_written_by_one_module() -> None:
    assert {table: sorted(found) for table, found in writers().items() if len(found) != 1} == {}


def test_the_schema_names_the_module_that_writes_each_table() -> None:
    pages = [file.read_text(encoding="utf-8") for file in (BOT / "storage").glob("*.py")]
    named = re.findall(r'= Table\(  # ([a-z_]+/[a-z_]+\.py).*\n\s+"([a-z_]+)"', "\n".join(pages))

    assert {table: {module} for module, table in named} == writers()


def test_no_statement_is_written_past_the_schema() -> None:
    by_hand = re.compile(r"\s*(INSERT INTO|UPDATE \w+ SET|DELETE FROM|DROP|ALTER)\b")
    found = [
        (module, node.value)
        for module, node in nodes(ast.Constant)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and by_hand.match(node.value)
    ]
    assert found == []


TIME_OF_DAY = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "dt.datetime.now"}
STOPWATCHES = {"time.monotonic", "time.perf_counter"}
MAY_MEASURE = {
    *("messaging/delivery.py", "storage/sqlite.py", "cli/base.py", "cli/meanings.py", "faq/evaluate.py"),
    "cli/database.py",  # says how long a copy took
    "web/server.py",  # hands it to those who count within seconds
}


def test_only_one_module_looks_at_the_clock() -> None:
    looks = {module for module, node in nodes(ast.Attribute) if written(node) in TIME_OF_DAY}

    assert looks == {"app/__init__.py"}


def test_spans_are_measured_only_where_nothing_is_decided_by_the_time_of_day() -> None:
    measures = {module for module, node in nodes(ast.Attribute) if written(node) in STOPWATCHES}

    assert measures - MAY_MEASURE == set()


PURE = (
    *("domain/", "faq/entry.py", "faq/text.py", "faq/matcher.py", "orders/form.py", "handoff/ticket.py"),
    *("handoff/hours.py", "handoff/sla.py", "messaging/limits.py", "channels/telegram/bot_api.py"),
    *("channels/telegram/requests.py", "channels/telegram/refusals.py"),
)
IMPURE = {"random", "secrets", "socket", "sqlite3", "sqlalchemy", "httpx", "aiohttp", "os", "subprocess", "uuid"}


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_touches_no_database_network_clock_or_chance(room: str) -> None:
    imported = {
        name.partition(".")[0]
        for _, node in nodes(ast.Import, ast.ImportFrom, room=room)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in getattr(node, "names", [])]
        )
    }

    assert any(name.startswith(room) for name in modules())
    assert imported & IMPURE == set()


def test_secrets_are_never_compared_letter_by_letter() -> None:
    def telling(node: ast.AST) -> bool:
        called = node.func if isinstance(node, ast.Call) else node
        name = getattr(called, "attr", getattr(called, "id", ""))
        return ".c." not in written(node) and bool(SECRET.search(name))

    found = [
        (module, written(node))
        for module, node in nodes(ast.Compare)
        if isinstance(node, ast.Compare)
        and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        and any(telling(side) for side in (node.left, *node.comparators))
    ]
    assert found == []


def test_a_handler_names_no_channel() -> None:
    rooms = ("handlers/", "messaging/", "handoff/", "orders/", "quality/", "faq/")
    named = [
        (module, node.value)
        for module, node in nodes(ast.Constant)
        if isinstance(node, ast.Constant) and module.startswith(rooms) and node.value in {"telegram", "webchat"}
    ]
    assert named == []


def functions() -> Iterator[tuple[str, int]]:
    for module, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        if isinstance(node, Function):
            yield f"{module}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_are_short() -> None:
    lengths = sorted(length for _, length in functions())

    assert [name for name, length in functions() if length > LONGEST_FUNCTION] == []
    assert lengths[len(lengths) * 9 // 10] < USUAL_FUNCTION
    assert lengths[len(lengths) // 2] <= 10


def test_modules_are_looked_at_before_they_grow_long() -> None:
    lines = {name: len((BOT / name).read_text(encoding="utf-8").splitlines()) for name in modules()}

    assert {name: count for name, count in lines.items() if count > LONGEST_MODULE} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name, tree in modules().items() if not ast.get_docstring(tree)] == []


def test_no_task_is_left_without_an_owner() -> None:
    """Whoever starts a task keeps it, to wait for it; in a TaskGroup the group does."""
    dropped = [
        (module, written(node))
        for module, node in nodes(ast.Expr)
        if isinstance(node, ast.Expr) and written(node).startswith(("asyncio.create_task(", "asyncio.ensure_future("))
    ]
    assert dropped == []
