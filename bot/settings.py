"""Typed settings: `config/settings.toml`, overridden by the environment.

`SUPPORTBOT_WEB__PORT=9000` beats `port = 8080` under `[web]`. An unknown key or a wrong value stops the start with one
sentence that names the file (or the variable) and the key. Relative paths hang on the folder above the config folder.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from bot.domain import toml_slips
from bot.domain.errors import WrongUsage

PREFIX = "SUPPORTBOT_"
TELEGRAM_API = "https://api.telegram.org"
DEFAULT_CONFIG = "config"
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # Bot API setWebhook
OURS = ("root", "config")
"""Fields that are found out, not set."""


class SettingsWrong(WrongUsage):
    """A setting is unknown or has a value that cannot be."""

    def __init__(self, source: str, key: str, why: str) -> None:
        super().__init__(f"{source}: {key}: {why}")
        self.source = source
        self.key = key


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SandboxSettings(_Section):
    """Where the Telegram stand-in serves and keeps its state."""

    port: int = Field(default=8081, ge=0, le=65535)
    state: Path = Path("var/sandbox.json")


class TelegramSettings(_Section):
    """The Telegram channel; off while the token is empty."""

    token: SecretStr = SecretStr("")
    api_base: str = TELEGRAM_API
    driver: Literal["aiogram", "python-telegram-bot"] = "aiogram"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    group_per_minute: int = Field(default=18, ge=1, le=1000)
    chat_per_second: float = Field(default=1.0, ge=0, le=1000)
    all_per_second: float = Field(default=30.0, ge=0, le=100_000)
    operator_groups: tuple[int, ...] = ()
    operators: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()
    managers: tuple[int, ...] = ()

    @field_validator("token")
    @classmethod
    def _token_shape(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("is no bot token; copy it from @BotFather, it looks like 1234567890:AA…")
        return token

    @field_validator("webhook_secret")
    @classmethod
    def _secret_shape(cls, secret: SecretStr) -> SecretStr:
        if secret.get_secret_value() and not WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("must be 1-256 characters A-Z a-z 0-9 _ -; Telegram takes no others")
        return secret

    @model_validator(mode="after")
    def _webhook_whole(self) -> TelegramSettings:
        if self.mode != "webhook":
            return self
        if not self.webhook_secret.get_secret_value():
            raise ValueError("webhook mode needs telegram.webhook_secret, 1-256 characters A-Z a-z 0-9 _ -")
        scheme = urlsplit(self.webhook_url).scheme
        if scheme != "https" and not (scheme == "http" and self.api_base != TELEGRAM_API):
            raise ValueError("webhook mode needs telegram.webhook_url, an https address that reaches this server")
        return self


class DatabaseSettings(_Section):
    """Where everything is kept."""

    url: str = "sqlite+aiosqlite:///var/supportbot.db"


class WebSettings(_Section):
    """The web server for chat page, console and webhooks."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    metrics_token: SecretStr = SecretStr("")


class FileSettings(_Section):
    """Files that customers and operators send each other, as far as they are kept here."""

    visitor_megabytes_per_day: int = Field(default=100, ge=1, le=100_000)
    keep_days: int = Field(default=180, ge=0, le=36_500)


class FaqPolicy(_Section):
    """When the bot answers by itself; targets, not raw scores."""

    answer_precision: float = Field(default=0.95, ge=0.5, le=0.999)
    suggest: int = Field(default=3, ge=0, le=3)
    suggest_precision: float = Field(default=0.25, ge=0.01, le=0.99)
    no_match: Literal["human", "rephrase"] = "human"


class FaqSettings(_Section):
    """The FAQ base and how sure the bot must be."""

    path: Path = Path("config/faq")
    policy: FaqPolicy = FaqPolicy()
    encoder: Literal["use-m3", "none"] = "use-m3"


class LogSettings(_Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class OrderSettings(_Section):
    """The forms, what the shop sells and in which currency, and the country whose phone numbers need no prefix."""

    form: Path = Path("config/order_form.toml")
    more_forms: Path = Path("config/forms")
    catalogue: Path = Path("config/catalogue.csv")
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    region: str = Field(default="DE", pattern=r"^[A-Z]{2}$")


Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class Settings(_Section):
    """All settings; `root` is the folder that relative paths hang on."""

    telegram: TelegramSettings = TelegramSettings()
    sandbox: SandboxSettings = SandboxSettings()
    database: DatabaseSettings = DatabaseSettings()
    web: WebSettings = WebSettings()
    files: FileSettings = FileSettings()
    faq: FaqSettings = FaqSettings()
    orders: OrderSettings = OrderSettings()
    log: LogSettings = LogSettings()
    languages: tuple[Language, ...] = Field(default=("en", "de", "ru"), min_length=1)
    root: Path = Field(default=Path(), exclude=True)
    config: Path = Field(default=Path(DEFAULT_CONFIG), exclude=True)

    def path(self, relative: Path) -> Path:
        """Return a path of the settings as an absolute one."""
        return relative if relative.is_absolute() else self.root / relative

    @property
    def database_url(self) -> str:
        """The database's URL, with an SQLite file's path made absolute."""
        scheme, marker, path = self.database.url.partition(":///")
        if not scheme.startswith("sqlite") or not marker or not path:
            return self.database.url
        return f"{scheme}:///{self.path(Path(path))}"


def load(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings.

    Args:
        environment: the process's own when not given.
        folder: where to look for the config folder; the working directory when not given.

    Raises:
        SettingsWrong: a key is unknown, a value cannot be, or the file is no TOML.
    """
    environment = os.environ if environment is None else environment
    config = (folder or Path.cwd()) / environment.get(f"{PREFIX}CONFIG", DEFAULT_CONFIG)
    file = config / "settings.toml"
    body, sources = _read(file), _Sources(file)
    for name, value in environment.items():
        if name.startswith(PREFIX) and name != f"{PREFIX}CONFIG":
            _override(body, name, value, sources)
    try:
        return Settings(**body, root=config.parent.absolute(), config=config.absolute())
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsWrong(sources.of(key), key, _why(first)) from None


class _Sources:
    """Which variable set which key, for the error's sentence."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.variables: dict[str, str] = {}

    def of(self, key: str) -> str:
        for known, variable in self.variables.items():
            if f"{key}.".startswith(f"{known}.") or ("." in key and known.startswith(f"{key}.")):
                return variable
        return self.file.as_posix()


_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "string": "a text",
    "path": "a text",
    "tuple": "a list in square brackets",
}
_EXAMPLES: dict[str, Any] = {
    "operator_groups": [-1001234567890],
    "operators": [111, 222],
    "managers": [111, 222],
    "admins": [111, 222],
    "webhook_url": "https://desk.example.com/webhooks/telegram",
    "public_url": "https://desk.example.com",
}
"""For settings whose default is empty; all others have their default as the example."""


def _why(error: Any) -> str:  # noqa: ANN401 pydantic's error dict
    """Say in our own words what is wrong; pydantic's are for programmers."""
    kind, context = str(error["type"]), error.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return "unknown setting; config/settings.toml in the repository lists all of them"
        case "value_error":
            return str(context["error"])
        case "model_type" | "model_attributes_type":
            return f"is a section with settings of its own; write them under [{'.'.join(map(str, error['loc']))}]"
        case "literal_error":
            return f"must be {str(context['expected']).replace(chr(39), '')}"
    return f"must be {_wanted(kind, context)}{_for_example(error['loc'])}"


def _wanted(kind: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "greater_than_equal":
            return f"{context['ge']:g} or more"
        case "less_than_equal":
            return f"{context['le']:g} or less"
        case "too_short":
            return f"a list in square brackets with at least {context['min_length']} in it"
        case "string_pattern_mismatch":
            capitals = "A-Z" in context["pattern"]
            return "two capital letters, A-Z" if capitals else "two small letters, a-z"
    return _KINDS.get(kind.partition("_")[0], "something else")


def _for_example(location: Sequence[str | int]) -> str:
    """Return an example of the whole setting; of a list that has one wrong part too. Secrets have none."""
    names = [part for part in location if isinstance(part, str)]
    value: Any = Settings()
    for name in names:
        value = getattr(value, name, None)
    value = _EXAMPLES.get(names[-1], value)
    if value is None or isinstance(value, SecretStr | BaseModel):
        return ""
    return f", for example {json.dumps(value.as_posix() if isinstance(value, Path) else value)}"


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        body = toml_slips.read(file.read_text(encoding="utf-8"))
    except (toml_slips.TomlSlip, UnicodeDecodeError) as error:
        raise SettingsWrong(file.as_posix(), "not readable as TOML", str(error)) from None
    for key in OURS:
        if key in body:
            raise SettingsWrong(file.as_posix(), key, "unknown setting")
    return body


def _override(body: dict[str, Any], name: str, value: str, sources: _Sources) -> None:
    path = name.removeprefix(PREFIX).lower().split("__")
    if path[0] in OURS:
        raise SettingsWrong(name, ".".join(path), "unknown setting")
    section: Any = body
    for part in path[:-1]:
        section = section.setdefault(part, {})
        if not isinstance(section, dict):
            raise SettingsWrong(name, ".".join(path), "unknown setting")
    section[path[-1]] = _value(value)
    sources.variables[".".join(path)] = name


def _value(text: str) -> Any:  # noqa: ANN401 lists and tables come as JSON, all else as it is
    if text[:1] in {"[", "{"}:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
