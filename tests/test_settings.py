"""Settings: the file lists them all with their defaults, the environment wins, and a mistake is one sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from bot import settings as configuration
from bot.settings import Settings, SettingsWrong

ROOT = Path(__file__).parents[1]
TOKEN = "1234567890:AAcanary-canary-canary"
SECRET = "canary-secret-of-the-webhook"
Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loaded(text: str = "", **environment: str) -> Settings:
        (tmp_path / "config").mkdir(exist_ok=True)
        (tmp_path / "config" / "settings.toml").write_text(text, encoding="utf-8")
        return configuration.load({f"SUPPORTBOT_{key}": value for key, value in environment.items()}, tmp_path)

    return loaded


def flat(body: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in body.items():
        found |= flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value}
    return found


def defaults(model: BaseModel, before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in type(model).model_fields:
        value = getattr(model, key)
        if isinstance(value, BaseModel):
            found |= defaults(value, f"{before}{key}.")
        elif key not in {"root", "config"}:
            found[f"{before}{key}"] = plain(value)
    return found


def plain(value: object) -> object:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case Path():
            return value.as_posix()
        case tuple():
            return list(value)
    return value


def test_the_file_that_comes_with_it_lists_every_setting_with_its_default() -> None:
    listed = tomllib.loads((ROOT / "config" / "settings.toml").read_text(encoding="utf-8"))

    assert flat(listed) == defaults(Settings())


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert defaults(configuration.load({}, tmp_path)) == defaults(Settings())


def test_the_environment_beats_the_file_and_other_variables_are_none_of_ours(load: Load) -> None:
    settings = load(
        "languages = ['de']\n[web]\nport = 8080\n[faq.policy]\nsuggest = 2",
        WEB__PORT="9000",
        TELEGRAM__OPERATORS="[111, 222]",
        LANGUAGES='["ru", "en"]',
        FAQ__POLICY__ANSWER_PRECISION="0.9",
        TELEGRAM__TOKEN=TOKEN,
    )

    assert (settings.web.port, settings.telegram.operators, settings.languages) == (9000, (111, 222), ("ru", "en"))
    assert (settings.faq.policy.answer_precision, settings.faq.policy.suggest) == (0.9, 2)
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert configuration.load({"PATH": "/bin", "SUPPORT": "x"}, settings.root).web.port == 8080


def test_another_folder_can_hold_the_settings(tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "conf").mkdir(parents=True)
    (tmp_path / "elsewhere" / "conf" / "settings.toml").write_text("[web]\nport = 1\n")

    settings = configuration.load({"SUPPORTBOT_CONFIG": "elsewhere/conf"}, tmp_path)

    assert (settings.web.port, settings.root) == (1, tmp_path / "elsewhere")
    assert settings.config == tmp_path / "elsewhere" / "conf"


def test_relative_paths_hang_on_the_folder_that_holds_the_config_folder(load: Load, tmp_path: Path) -> None:
    settings = load(DATABASE__URL="sqlite+aiosqlite:///data/desk.db")

    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/data/desk.db"
    assert settings.path(Path("config/faq")) == tmp_path / "config" / "faq"
    assert settings.path(Path("/srv/faq")) == Path("/srv/faq")
    assert load(DATABASE__URL="sqlite+aiosqlite:////srv/desk.db").database_url == "sqlite+aiosqlite:////srv/desk.db"
    server = "postgresql+asyncpg://desk@127.0.0.1/desk"
    assert load(DATABASE__URL=server).database_url == server


FILE = "settings.toml"


@pytest.mark.parametrize(
    ("text", "environment", "source", "key"),
    [
        ("[web", {}, FILE, "not readable as TOML"),
        ("web = 5", {}, FILE, "web"),
        ("[web]\nprot = 1", {}, FILE, "web.prot"),
        ("[webb]\nport = 1", {}, FILE, "webb"),
        ('[web]\nport = "http"', {}, FILE, "web.port"),
        ("[web]\nport = 70000", {}, FILE, "web.port"),
        ('[telegram]\ndriver = "telethon"', {}, FILE, "telegram.driver"),
        ("[faq.policy]\nanswer_precision = 1.5", {}, FILE, "faq.policy.answer_precision"),
        ('[faq.policy]\nno_match = "robot"', {}, FILE, "faq.policy.no_match"),
        ("languages = []", {}, FILE, "languages"),
        ('languages = ["english"]', {}, FILE, "languages.0"),
        ('[telegram]\noperators = ["olga"]', {}, FILE, "telegram.operators.0"),
        ('root = "/"', {}, FILE, "root"),
        ("", {"WEB__PORT": "http"}, "SUPPORTBOT_WEB__PORT", "web.port"),
        ("", {"WEB__PROT": "1"}, "SUPPORTBOT_WEB__PROT", "web.prot"),
        ("", {"NONSENSE": "1"}, "SUPPORTBOT_NONSENSE", "nonsense"),
        ("", {"ROOT": "/"}, "SUPPORTBOT_ROOT", "root"),
        ("", {"TELEGRAM__OPERATORS": "[111"}, "SUPPORTBOT_TELEGRAM__OPERATORS", "telegram.operators"),
        ("", {"WEB__PORT__X": "1"}, "SUPPORTBOT_WEB__PORT__X", "web.port"),
        ("[web]\nport = 1", {"WEB__PORT__X": "1"}, "SUPPORTBOT_WEB__PORT__X", "web.port.x"),
        ("", {"TELEGRAM__TOKEN": "canary-secret"}, "SUPPORTBOT_TELEGRAM__TOKEN", "telegram.token"),
        ("", {"TELEGRAM__TOKEN": f"{TOKEN} "}, "SUPPORTBOT_TELEGRAM__TOKEN", "telegram.token"),
        ("", {"TELEGRAM__MODE": "webhook"}, FILE, "telegram"),
        (
            '[telegram]\nmode = "webhook"\nwebhook_url = "http://desk.example.com/"',
            {"TELEGRAM__WEBHOOK_SECRET": SECRET},
            FILE,
            "telegram",
        ),
        (
            '[telegram]\nmode = "webhook"\nwebhook_url = "https://desk.example.com/"',
            {"TELEGRAM__WEBHOOK_SECRET": f"{SECRET} with spaces"},
            "SUPPORTBOT_TELEGRAM__WEBHOOK_SECRET",
            "telegram.webhook_secret",
        ),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_source_and_the_key(
    load: Load, text: str, environment: dict[str, str], source: str, key: str
) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        load(text, **environment)

    sentence = str(wrong.value)
    assert wrong.value.exit_code == 2
    assert "\n" not in sentence
    assert sentence.partition(": ")[0].endswith(source)
    assert sentence.partition(": ")[2].startswith(f"{key}: ")
    assert "canary" not in sentence
    assert "Input" not in sentence


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("TELEGRAM__OPERATOR_GROUPS", "-100123", "must be a list in square brackets, for example [-1001234567890]"),
        ("TELEGRAM__OPERATORS", '["olga"]', "must be a whole number, for example [111, 222]"),
        ("LANGUAGES", "[]", 'must be a list in square brackets with at least 1 in it, for example ["en", "de", "ru"]'),
        ("LANGUAGES", '["english"]', 'must be two small letters, a-z, for example ["en", "de", "ru"]'),
        ("ORDERS__REGION", "de", 'must be two capital letters, A-Z, for example "DE"'),
        ("WEB__PORT", "http", "must be a whole number, for example 8080"),
        ("WEB__PORT", "80.5", "must be a whole number, for example 8080"),
        ("WEB__PORT", "9" * 5000, "must be a whole number, for example 8080"),
        ("WEB__PORT", "70000", "must be 65535 or less, for example 8080"),
        ("WEB__PORT", "-1", "must be 0 or more, for example 8080"),
        ("TELEGRAM__CHAT_PER_SECOND", "fast", "must be a number, for example 1.0"),
        ("WEB__HOST", "[1]", 'must be a text, for example "127.0.0.1"'),
        ("WEB__PUBLIC_URL", "[1]", 'must be a text, for example "https://desk.example.com"'),
        ("FAQ__PATH", "[1]", 'must be a text, for example "config/faq"'),
        ("TELEGRAM__TOKEN", "[1]", "must be a text"),
        ("LOG__LEVEL", "loud", "must be debug, info, warning or error"),
        ("FAQ__POLICY", "strict", "is a section with settings of its own; write them under [faq.policy]"),
    ],
)
def test_a_mistake_is_told_in_our_own_words_with_an_example(load: Load, key: str, value: str, why: str) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        load(**{key: value})

    assert str(wrong.value).endswith(f": {why}")


def test_a_webhook_may_use_http_towards_a_server_of_ones_own(load: Load) -> None:
    settings = load(
        '[telegram]\nmode = "webhook"\nwebhook_url = "http://127.0.0.1:8080/hook"\napi_base = "http://127.0.0.1:8081"',
        TELEGRAM__WEBHOOK_SECRET=SECRET,
        TELEGRAM__TOKEN=TOKEN,
    )

    assert settings.telegram.mode == "webhook"


def test_secrets_are_never_shown(load: Load) -> None:
    settings = load(TELEGRAM__TOKEN=TOKEN, TELEGRAM__WEBHOOK_SECRET=SECRET)
    shown = f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()} {settings.telegram!r}"

    assert "canary" not in shown
    with pytest.raises(SettingsWrong) as wrong:
        load(TELEGRAM__TOKEN=TOKEN, TELEGRAM__WEBHOOK_SECRET=SECRET, TELEGRAM__DRIVER=SECRET)
    assert "canary" not in str(wrong.value)
