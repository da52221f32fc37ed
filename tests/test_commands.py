"""The command line as its owner meets it: exit codes, one sentence for each mistake, and nothing lost by one.

Real processes on real files; what is quick is run in one process for many questions.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import socket
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.domain.message import Content, ContentKind, plain
from bot.faq import unanswered
from bot.messaging import conversations, transcript
from bot.storage.database import connect
from bot.storage.sqlite import hold
from tests.databases import sqlite_template
from tests.programs import ROOT, Program, start

pytestmark = pytest.mark.slow  # a process for each command

__all__ = ["sqlite_template"]

UNKNOWN_TOKEN = "1234567890:AAcanary-canary-canary"
ENTRY = """
- id: {id}
  en:
    question: {question}
    answer: We ship within two days.
"""


@dataclass
class Shop:
    """A folder with settings of its own, where commands are run."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "var" / "supportbot.db"

    def start(self, *arguments: str, **settings: str) -> Program:
        ours = {f"SUPPORTBOT_{key}": value for key, value in {**self.environment, **settings}.items()}
        return start(["bot", *arguments], self.folder, ours)

    def command(self, *arguments: str, **settings: str) -> tuple[int, str, str]:
        """Run a command to its end; return the exit code, what it printed, and what it complained of."""
        process = self.start(*arguments, **settings)
        try:
            printed, complained = process.communicate(timeout=60)
        finally:
            process.kill()
        return process.wait(), printed, complained

    def entries(self) -> list[str]:
        with closing(sqlite3.connect(self.file)) as raw:
            return [row[0] for row in raw.execute("SELECT key FROM faq_entries ORDER BY key")]


@pytest.fixture
def shop(tmp_path: Path, sqlite_template: Path) -> Shop:
    shutil.copytree(ROOT / "config", tmp_path / "config", ignore=shutil.ignore_patterns("faq"))
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template, tmp_path / "var" / "supportbot.db")
    return Shop(tmp_path, {"FAQ__ENCODER": "none", "WEB__PORT": "0", "LOG__LEVEL": "error"})


def sentence(outcome: tuple[int, str, str]) -> tuple[int, str]:
    """Return exit code and complaint, which must be one sentence and no traceback."""
    code, _, complained = outcome
    lines = complained.strip().splitlines()
    assert len(lines) == 1, complained
    assert lines[0].startswith("supportbot: ")
    return code, lines[0].removeprefix("supportbot: ")


def test_a_command_that_is_not_there_is_wrong_usage(shop: Shop) -> None:
    code, said = sentence(shop.command("rnu"))

    assert code == 2
    assert "rnu" in said
    assert "--help" in said


@pytest.mark.parametrize(
    "arguments",
    [("faq", "import"), ("faq", "ask", "x", "--jsn"), ("operator", "add", "Olga", "--role", "king"), ("db",)],
)
def test_wrong_arguments_are_wrong_usage(shop: Shop, arguments: tuple[str, ...]) -> None:
    code, printed, complained = shop.command(*arguments)

    assert (code, "Traceback" in complained) == ((0, False) if arguments == ("db",) else (2, False))
    assert printed or complained


def test_help_lists_the_commands(shop: Shop) -> None:
    code, printed, complained = shop.command("--help")

    assert (code, complained) == (0, "")
    assert [name for name in ("run", "check", "sandbox", "faq", "db", "operator") if name not in printed] == []


def test_an_unknown_setting_stops_any_command(shop: Shop) -> None:
    (shop.folder / "config" / "settings.toml").write_text("[web]\nprot = 1\n")

    code, said = sentence(shop.command("operator", "list"))

    assert code == 2
    assert "config/settings.toml: web.prot: unknown setting" in said


def test_a_wrong_variable_is_named(shop: Shop) -> None:
    code, said = sentence(shop.command("run", WEB__PORT="http"))

    assert code == 2
    assert said.startswith("SUPPORTBOT_WEB__PORT: web.port: ")


def test_a_broken_faq_file_changes_nothing(shop: Shop) -> None:
    good, broken = shop.folder / "good.yaml", shop.folder / "broken.yaml"
    good.write_text(ENTRY.format(id="delivery", question="How fast do you deliver?"))
    broken.write_text(ENTRY.format(id="new-one", question="New?") + ENTRY.format(id="not an id!", question="Bad?"))
    assert shop.command("faq", "import", str(good))[0] == 0

    code, said = sentence(shop.command("faq", "import", str(broken)))

    assert code == 1
    assert "broken.yaml" in said
    assert shop.entries() == ["delivery"]


def test_a_dry_run_shows_and_changes_nothing(shop: Shop) -> None:
    good = shop.folder / "good.yaml"
    good.write_text(ENTRY.format(id="delivery", question="How fast do you deliver?"))

    code, printed, complained = shop.command("faq", "import", str(good), "--dry-run", "--json")

    assert (code, complained) == (0, "")
    expected = {"added": ["delivery"], "changed": [], "removed": [], "unchanged": 0, "dry_run": True}
    assert json.loads(printed) == expected
    assert shop.entries() == []


def test_an_import_names_the_language_that_an_entry_loses(shop: Shop) -> None:
    both, one = shop.folder / "both.yaml", shop.folder / "one.yaml"
    english = "- id: cups\n  en: {question: Cups?, answer: Yes.}\n"
    both.write_text(english + "  de: {question: Tassen?, answer: Ja.}\n")
    one.write_text(english)
    assert shop.command("faq", "import", str(both))[0] == 0

    code, printed, _ = shop.command("faq", "import", str(one), "--dry-run")

    assert (code, printed.splitlines()) == (
        0,
        [
            "~ cups",
            "    ! the whole text in de would go: the file names the entry without it",
            "0 would be added, 1 would be changed, 0 unchanged.",
        ],
    )


def test_a_file_that_is_not_there_is_named(shop: Shop) -> None:
    code, said = sentence(shop.command("faq", "import", "nowhere.yaml"))

    assert code == 1
    assert "nowhere.yaml" in said


@pytest.mark.parametrize("arguments", [("run",), ("operator", "list"), ("db", "upgrade")], ids=" ".join)
def test_a_database_of_a_newer_program_is_left_alone(shop: Shop, arguments: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(shop.file)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()

    code, said = sentence(shop.command(*arguments))

    assert code == 1
    assert "the database has version 9999" in said
    with closing(sqlite3.connect(shop.file)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_port_that_is_taken_is_named_with_its_setting(shop: Shop) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        code, said = sentence(shop.command("run", WEB__PORT=str(port)))

        beside = sentence(shop.command("run", "--sandbox", SANDBOX__PORT=str(port)))

    in_use = f"127.0.0.1:{port} is in use, perhaps by a Supportbot that runs already; stop that one, or give this one"
    assert code == 1
    assert said.startswith(f"web.port: {in_use} another port, as SUPPORTBOT_WEB__PORT=")
    assert beside[0] == 1
    assert beside[1].startswith(f"sandbox.port: {in_use} another port, as SUPPORTBOT_SANDBOX__PORT=")


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_run_that_could_not_begin_says_why_once(shop: Shop, form: str) -> None:
    (shop.folder / "config" / "faq").mkdir()
    (shop.folder / "config" / "faq" / "delivery.yaml").write_text(ENTRY.format(id="not an id!", question="Bad?"))

    code, _, complained = shop.command("run", LOG__LEVEL="info", LOG__FORMAT=form)

    assert code == 1
    assert complained.count("delivery.yaml") == 1
    assert complained.count("stopped") == (1 if form == "json" else 0)


def test_a_faq_that_is_named_and_not_there_stops_the_start(shop: Shop) -> None:
    code, said = sentence(shop.command("run", FAQ__PATH="nowhere"))

    assert code == 2
    assert said == f"faq.path: {shop.folder}/nowhere does not exist; put the FAQ's files there, or name where they are"


def test_a_faq_that_was_stored_already_needs_its_files_no_more(shop: Shop) -> None:
    good = shop.folder / "good.yaml"
    good.write_text(ENTRY.format(id="delivery", question="How fast do you deliver?"))
    assert shop.command("faq", "import", str(good))[0] == 0

    assert logged_by_a_run(shop, FAQ__PATH="nowhere") == []


def test_a_start_without_any_faq_is_warned_of(shop: Shop) -> None:
    assert logged_by_a_run(shop) == ["faq_empty"]


def logged_by_a_run(shop: Shop, **settings: str) -> list[str]:
    """Return the names of the warnings of a run that was stopped once it was open."""
    process = shop.start("run", LOG__LEVEL="warning", LOG__FORMAT="json", **settings)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Supportbot is open.")
        process.terminate()
        _, logged = process.communicate(timeout=60)
    finally:
        process.kill()
    return [json.loads(line)["event"] for line in logged.splitlines()]


def test_the_version_is_that_of_the_package(shop: Shop) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert shop.command("--version") == (0, f"{project['version']}\n", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_log_ends_with_why_the_bot_stopped(shop: Shop, number: signal.Signals) -> None:
    process = shop.start("run", LOG__LEVEL="info", LOG__FORMAT="json")
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Supportbot is open.")

        process.send_signal(number)
        _, logged = process.communicate(timeout=60)
    finally:
        process.kill()

    last = json.loads(logged.strip().splitlines()[-1])
    assert (process.returncode, last["event"], last["because"]) == (0, "stopped", f"{number.name} was received")


def test_a_run_that_could_not_begin_says_why_in_its_log_as_well(shop: Shop) -> None:
    with hold(shop.file):
        _, _, logged = shop.command("run", LOG__LEVEL="info", LOG__FORMAT="json")

    told = [json.loads(line) for line in logged.splitlines()]
    assert [line["event"] for line in told if "another supportbot" in line.get("because", "")] == ["stopped"]
    assert f"another supportbot runs on {shop.file}" in told[-1]["because"]


def test_a_second_run_on_the_same_file_is_refused_and_commands_are_not(shop: Shop) -> None:
    with hold(shop.file):
        code, said = sentence(shop.command("run"))
        beside = shop.command("operator", "list", "--json")

    assert code == 1
    assert f"another supportbot runs on {shop.file}" in said
    assert beside == (0, "[]\n", "")


def test_a_file_that_is_no_database_is_refused(shop: Shop) -> None:
    shop.file.write_bytes(b"no database at all, only words\n" * 200)

    code, said = sentence(shop.command("operator", "list"))

    assert code == 1
    assert "restore a backup" in said


def test_a_server_that_is_not_there_is_named(shop: Shop) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]

    code, said = sentence(
        shop.command("db", "upgrade", DATABASE__URL=f"postgresql+asyncpg://a:canary@127.0.0.1:{port}/x")
    )

    assert code == 1
    assert said.startswith("database.url: the database cannot be used now ")
    assert "canary" not in said


def test_people_are_added_listed_and_disabled(shop: Shop) -> None:
    added = shop.command("operator", "add", "Olga", "--telegram", "7", "--role", "admin")
    twice = sentence(shop.command("operator", "add", "Olga B.", "--telegram", "7"))
    listed = json.loads(shop.command("operator", "list", "--json")[1])
    nobody = sentence(shop.command("operator", "disable", "Max"))
    link = shop.command("operator", "sign-in", "olga")
    disabled = shop.command("operator", "disable", "7")

    assert added == (0, "Olga works here now (admin).\n", "")
    assert (twice[0], nobody[0]) == (1, 1)
    assert [(one["name"], one["role"], one["telegram"]) for one in listed] == [("Olga", "admin", "7")]
    assert nobody[1] == "nobody is called 'Max' here; those who work here: Olga"
    assert "/console/sign-in?token=" in link[1]
    assert (disabled[0], json.loads(shop.command("operator", "list", "--json")[1])) == (0, [])


def test_the_language_of_a_person_is_set_and_must_be_one_of_ours(shop: Shop) -> None:
    shop.command("operator", "add", "Olga")

    done = shop.command("operator", "set", "Olga", "--language", "de")
    wrong = sentence(shop.command("operator", "set", "Olga", "--language", "xx"))

    assert done == (0, "Olga: language = de\n", "")
    assert wrong == (1, "no language 'xx' here; known are: en, de, ru")
    assert [one["language"] for one in json.loads(shop.command("operator", "list", "--json")[1])] == ["de"]


def test_a_copy_of_the_database_is_whole_and_replaces_nothing(shop: Shop) -> None:
    copy = shop.folder / "copy.db"
    first = shop.command("db", "backup", str(copy))
    second = sentence(shop.command("db", "backup", str(copy)))

    assert (first[0], first[1].startswith(f"The copy is in {copy}: "), first[2]) == (0, True, "")
    assert second == (1, f"{copy} exists already; name a new file")
    with closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def parsed(shop: Shop, *arguments: str) -> Any:  # noqa: ANN401 JSON
    _, printed, complained = shop.command(*arguments, "--json")
    assert complained == ""
    return json.loads(printed)


def test_every_command_that_prints_data_prints_json_on_request(shop: Shop) -> None:
    good, questions = shop.folder / "good.yaml", shop.folder / "questions.jsonl"
    good.write_text(ENTRY.format(id="delivery", question="How fast do you deliver?"))
    questions.write_text('{"text": "how fast do you deliver", "lang": "en", "id": "delivery"}\n')

    assert parsed(shop, "faq", "import", str(good))["added"] == ["delivery"]
    assert parsed(shop, "faq", "ask", "How fast do you deliver?")["candidates"][0]["id"] == "delivery"
    assert parsed(shop, "faq", "evaluate", "--questions", str(questions))["rows"][0]["id"] == "delivery"
    assert isinstance(parsed(shop, "faq", "lint"), list)
    assert {line["what"] for line in parsed(shop, "check")} >= {"settings", "database", "FAQ", "telegram"}


def test_check_tells_each_mistake_of_forms_and_catalogue_once_and_all_at_once(shop: Shop) -> None:
    form, more = shop.folder / "config" / "order_form.toml", shop.folder / "config" / "forms" / "return.toml"
    catalogue = shop.folder / "config" / "catalogue.csv"
    form.write_text(
        form.read_text().replace('prefix = "S"', 'prefix = "so"').replace('\nkind = "phone"', '\nkind = "phon"')
    )
    more.write_text(f"{more.read_text()}\nnumber = 4,90\n")
    rows = catalogue.read_text().splitlines()
    catalogue.write_text("\n".join([*rows, rows[1]]))

    code, printed, _ = shop.command("check", "--json")

    wrong = [(line["what"], line["text"].partition("config/")[2]) for line in json.loads(printed) if not line["ok"]]
    wrong = [one for one in wrong if one[0] != "FAQ"]
    places = [(what, text.partition(":")[0].partition(", line")[0]) for what, text in wrong]
    assert code == 1
    assert places == [
        ("forms", "order_form.toml"),
        ("forms", "order_form.toml"),
        ("forms", "forms/return.toml"),
        ("catalogue", f"catalogue.csv, row {len(rows) + 1}"),
    ]
    assert wrong[-1][1].endswith(": it is the same as row 2; delete one of them")


def test_a_base_is_replaced_by_a_file_only_on_request(shop: Shop) -> None:
    sample, mine = shop.folder / "sample.yaml", shop.folder / "mine.yaml"
    sample.write_text(ENTRY.format(id="tea", question="Do you sell tea?"))
    mine.write_text(ENTRY.format(id="bikes", question="Do you sell bikes?"))
    shop.command("faq", "import", str(sample))

    tried = shop.command("faq", "import", str(mine), "--replace", "--dry-run")
    beside = parsed(shop, "faq", "import", str(mine))
    alone = shop.command("faq", "import", str(mine), "--replace")

    assert tried[1] == "- tea\n+ bikes\n1 would be added, 0 would be changed, 1 would be removed, 0 unchanged.\n"
    assert (beside["added"], beside["removed"]) == (["bikes"], [])
    assert alone[1] == "- tea\n0 added, 0 changed, 1 removed, 1 unchanged.\n"
    assert shop.command("faq", "export", "all.jsonl")[1] == "1 entries are in all.jsonl.\n"


def test_a_question_to_an_empty_base_is_answered_with_how_to_fill_it(shop: Shop) -> None:
    refused = shop.command("faq", "ask", "How fast do you deliver?", "--explain")

    assert refused == (1, "", "supportbot: the FAQ is empty; `supportbot faq import FILE` fills it\n")


def customers_asked(shop: Shop, *asked: tuple[str, bool | None, datetime]) -> None:
    """Write questions that were answered with `delivery` into the log, each with its 👍, 👎 or nothing."""

    def ask(conn: Connection) -> None:
        for text, helpful, at in asked:
            place, author = Place("webchat", "1"), Author("1", "Anna")
            key = conversations.meet(conn, place, author, "en", at)[0].id
            line = transcript.add(conn, key, transcript.CUSTOMER, Content(ContentKind.TEXT, plain(text)), at)
            row = unanswered.record(conn, key, line, text, "en", "answer", [("delivery", 0.9)], 1, at)
            if helpful is not None:
                unanswered.judge(conn, row, helpful=helpful)

    async def work() -> None:
        database = connect(f"sqlite+aiosqlite:///{shop.file}")
        try:
            await database.transaction(ask)
        finally:
            await database.close()

    asyncio.run(work())


def test_the_base_is_scored_on_what_customers_asked_as_on_a_file(shop: Shop) -> None:
    good, same = shop.folder / "good.yaml", shop.folder / "same.jsonl"
    good.write_text(ENTRY.format(id="delivery", question="How fast do you deliver?"))
    assert shop.command("faq", "import", str(good))[0] == 0
    midnight = datetime(2026, 11, 3, tzinfo=ZoneInfo("Europe/Berlin"))
    customers_asked(
        shop,
        ("how fast do you deliver", True, midnight - timedelta(seconds=1)),
        ("who won the chess olympiad", False, midnight),
        ("how fast does it come", None, midnight),
    )
    lines = [("how fast do you deliver", "delivery"), ("who won the chess olympiad", None)]
    same.write_text("\n".join(json.dumps({"text": text, "lang": "en", "id": entry}) for text, entry in lines))

    with hold(shop.file):
        everything = parsed(shop, "faq", "evaluate", "--log")
        later = parsed(shop, "faq", "evaluate", "--log", "--since", "2026-11-03")
        none = sentence(shop.command("faq", "evaluate", "--log", "--since", "2026-11-04"))
    from_file = parsed(shop, "faq", "evaluate", "--questions", str(same))

    for took_time in (everything, from_file):
        del took_time["summary"]["latency_ms"], took_time["summary"]["build_s"]
    assert everything == from_file
    assert (everything["summary"]["n"], everything["summary"]["right"]) == (2, 1)
    assert [row["text"] for row in later["rows"]] == ["who won the chess olympiad"]
    assert none[0] == 1
    assert none[1].startswith("the log since 2026-11-04 holds no question of which it is known what is right; ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "name the questions with --questions FILE, or take those that customers asked with --log"),
        (
            "--log --questions x",
            "name the questions with --questions FILE, or take those that customers asked with --log",
        ),
        ("--questions x --since 2026-11-01", "--since goes with --log, not with --questions"),
    ],
)
def test_questions_come_from_a_file_or_from_the_log(shop: Shop, arguments: str, said: str) -> None:
    assert sentence(shop.command("faq", "evaluate", *arguments.split())) == (2, said)


def test_an_empty_log_and_a_day_out_of_reach_are_told_in_a_sentence(shop: Shop) -> None:
    scored = ("faq", "evaluate", "--faq", str(ROOT / "config" / "faq"), "--log")

    nothing, far = sentence(shop.command(*scored)), sentence(shop.command(*scored, "--since", "0001-01-01"))

    assert nothing[0] == 1
    assert nothing[1].startswith("the log holds no question of which it is known what is right; ")
    assert far == (2, "--since: 0001-01-01 is too far away; name a day such as 2026-11-01")


def test_the_first_minute_of_the_readme_is_true(shop: Shop) -> None:
    step = (ROOT / "README.md").read_text(encoding="utf-8").partition("1. **Ask.**")[2].partition("2. **")[0]
    asked = shop.folder / "asked.jsonl"
    lines = [json.dumps({"text": text, "lang": "en", "id": None}) for text in re.findall(r'"([^"]+)"', step)]
    asked.write_text("\n".join(lines), encoding="utf-8")

    code, printed, _ = shop.command(
        *("faq", "evaluate", "--faq", str(ROOT / "config" / "faq"), "--questions", str(asked), "--json"),
        FAQ__ENCODER="use-m3",
    )

    assert code == 0
    decided = [(row["decision"], row["candidates"][0]["id"]) for row in json.loads(printed)["rows"]]
    assert decided == [("answer", "delivery-cost"), ("answer", "delivery-cost"), ("suggest", "gift-wrap")]


@pytest.fixture
def telegram(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the Telegram stand-in, which knows one token only, as a process of its own."""
    folder = tmp_path_factory.mktemp("sandbox")
    process = start(["bot.sandbox", "--port", "0"], folder, {"PYTHONUNBUFFERED": "1"}, together=True)
    assert process.stdout is not None
    with process.stdout as output:
        yield next(word for line in output for word in line.split() if word.startswith("http://")).rstrip(";,.")
        process.terminate()
        process.wait(20)


def test_a_token_that_telegram_refuses_ends_the_run_and_loses_nothing(shop: Shop, telegram: str) -> None:
    with closing(sqlite3.connect(shop.file)) as raw:
        raw.execute(
            "INSERT INTO inbox (channel, account, external_id, lane, payload, received_at) "
            "VALUES ('telegram', '1234567890', '7', 'telegram:511', '{}', '2026-11-23 09:00:00')"
        )
        raw.execute("UPDATE inbox SET state = 'failed'")
        raw.commit()

    code, printed, complained = shop.command("run", TELEGRAM__TOKEN=UNKNOWN_TOKEN, TELEGRAM__API_BASE=telegram)

    assert code == 1
    assert "Supportbot is open." in printed
    assert "supportbot: telegram.token: Telegram refuses it (401 Unauthorized)" in complained
    assert "canary" not in printed + complained
    assert complained.count("telegram.token") == 1
    assert "Traceback" not in complained
    checked = shop.command("check", TELEGRAM__TOKEN=UNKNOWN_TOKEN, TELEGRAM__API_BASE=telegram)
    assert "ERROR telegram token: Telegram refuses it" in checked[1]
    with closing(sqlite3.connect(shop.file)) as raw:
        assert raw.execute("SELECT count(*) FROM inbox").fetchone() == (1,)


def test_a_database_that_somebody_locks_is_told_in_one_sentence(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        code, said = sentence(shop.command("operator", "add", "Olga"))

    assert code == 1
    assert "database is locked" in said


def test_expected_ids_that_no_entry_has_are_named_beside_the_figures(shop: Shop) -> None:
    base, asked = shop.folder / "base.yaml", shop.folder / "asked.jsonl"
    base.write_text(ENTRY.format(id="delivery", question="How fast do you deliver?"))
    ids = ("delivery", "delivry", None, "delivry", "cups")
    asked.write_text("\n".join(json.dumps({"text": "x", "lang": "en", "id": one}) for one in ids))

    code, printed, complained = shop.command(
        "faq", "evaluate", "--faq", str(base), "--questions", str(asked), "--json", FAQ__ENCODER="none"
    )

    assert (code, json.loads(printed)["summary"]["n"]) == (0, 5)
    assert complained == (
        "supportbot: no entry has the id delivry, cups: such questions count as not found; "
        "correct the ids, or write null where nothing answers\n"
    )


def test_the_list_of_people_has_what_each_can_take(shop: Shop) -> None:
    shop.command("operator", "add", "Olga Brandt", "--telegram", "72")
    shop.command("operator", "add", "Max")
    shop.command("operator", "set", "Olga", "--level", "2", "--skills", "tea", "--capacity", "4")

    olga, max_ = sorted(shop.command("operator", "list")[1].splitlines())

    assert olga.endswith("Olga Brandt  (Telegram 72 · L2 · skills tea · at most 4)")
    assert max_.endswith("Max  (console only · L1)")


def test_a_shift_of_somebody_unknown_is_named(shop: Shop) -> None:
    shop.command("operator", "add", "Olga")
    rules = shop.folder / "config" / "handoff.toml"
    with rules.open("a", encoding="utf-8") as file:
        file.write('\n[shifts.Olga]\nmonday = ["9-17"]\n[shifts."Olga Brandt"]\nmonday = ["9-17"]\n')

    (found,) = [line for line in parsed(shop, "check") if line["what"] == "shifts"]

    assert (found["ok"], found["text"]) == (
        False,
        "handoff.toml: [shifts.'olga brandt']: nobody here is called so; see supportbot operator list",
    )
