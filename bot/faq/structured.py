"""FAQ files that nest: YAML, JSON and JSONL.

A YAML file is a list of entries. Words such as `no`, `yes` or `2026-01-01` stay the text that was typed, so that the
Norwegian texts under `no:` and a phrasing `yes` survive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from bot.faq import strict_json, yaml_bounds
from bot.faq.entry import PLAIN_FIELDS, FaqEntry
from bot.faq.source import FaqFileBroken, Found, language_code

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Writer: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
TEXT_FIELDS = ("question", "phrasings", "answer")
FLAT_FIELDS = ("lang", *TEXT_FIELDS, *sorted(PLAIN_FIELDS))


class _Loader(_Base):  # type: ignore[misc]
    """YAML 1.1, safe, in which a plain scalar is text or null, and a tag can ask for nothing but plain types."""


class _Dumper(_Writer):  # type: ignore[misc]
    """Writes texts of several lines as blocks."""


def _text_node(dumper: Any, text: str) -> Any:  # noqa: ANN401
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in rules if tag in {"tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"}]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PLAIN = {f"tag:yaml.org,2002:{name}" for name in ("null", "str", "seq", "map")} | {None}
_Loader.yaml_constructors = {tag: made for tag, made in yaml.SafeLoader.yaml_constructors.items() if tag in _PLAIN}
_Dumper.add_representer(str, _text_node)


def from_yaml(name: str, data: bytes) -> list[Found]:
    """Read the entries of a YAML file.

    Raises:
        FaqFileBroken: it is no YAML, or no list of entries.
    """
    text = decoded(name, data)
    if text.lstrip()[:1] in "[{" and (found := _as_json(name, text)) is not None:
        return found
    try:
        yaml_bounds.check(yaml.parse(text, Loader=_Loader))
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            if root is None:
                return []
            if not isinstance(root, yaml.SequenceNode):
                raise FaqFileBroken(name, "should be a list: each entry begins with “- id: …”", 1)
            return [_found_in(name, loader, node) for node in root.value]
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 0
        raise FaqFileBroken(name, f"is no YAML here: {wrong.problem or wrong.context}", line) from wrong
    except (yaml.YAMLError, ValueError) as wrong:
        raise FaqFileBroken(name, "holds a character that YAML does not allow") from wrong
    except yaml_bounds.OutOfBounds as wrong:
        raise FaqFileBroken(name, wrong.problem, wrong.line) from wrong


def from_json(name: str, data: bytes) -> list[Found]:
    """Read the entries of a JSON file: a list of objects.

    Raises:
        FaqFileBroken: it is no JSON, or no list of objects.
    """
    text = decoded(name, data)
    if text.strip()[:1] not in {"[", ""}:
        raise FaqFileBroken(name, "should be a list of entries: [{…}, {…}]", 1)
    try:
        return [_found(name, line, one) for line, one in strict_json.items(text)]
    except strict_json.SaidTwice as wrong:
        raise FaqFileBroken(name, str(wrong), wrong.line) from wrong
    except json.JSONDecodeError as wrong:
        raise FaqFileBroken(name, f"is no JSON here: {wrong.msg}", wrong.lineno) from wrong
    except (RecursionError, ValueError) as wrong:
        raise FaqFileBroken(name, "is nested too deeply or holds a number that is too long") from wrong


def from_jsonl(name: str, data: bytes) -> list[Found]:
    """Read the entries of a JSONL file: an object a line, with nested texts or flat with `lang`.

    Flat lines of one id are the languages of one entry.

    Raises:
        FaqFileBroken: a line is no JSON object, or says the same language of an entry twice.
    """
    entries: list[Found] = []
    flat: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(decoded(name, data).split("\n"), 1):
        if not line.strip():
            continue
        try:
            body = strict_json.loads(line)
        except strict_json.SaidTwice as wrong:
            raise FaqFileBroken(name, str(wrong), number) from wrong
        except (ValueError, RecursionError) as wrong:
            raise FaqFileBroken(name, "is no JSON object", number) from wrong
        found = _found(name, number, body)
        if "lang" not in found.body:
            entries.append(found)
            continue
        nested = _nested(name, number, found.body)
        key = str(nested.get("id") or f"\0{number}")  # without an id it is an entry of its own
        if key in flat:
            _join(name, number, flat[key], nested)
        else:
            entries.append(Found(name, number, nested))
            flat[key] = nested
    return entries


def to_yaml(entries: Iterable[FaqEntry]) -> bytes:
    """Return a base as YAML."""
    bodies = [entry.to_dict() for entry in entries]
    text = yaml.dump(bodies, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return re.sub(r"\n(?=- id:)", "\n\n", text).encode()  # only an entry begins at the margin


def to_json(entries: Iterable[FaqEntry]) -> bytes:
    """Return a base as a JSON list."""
    return json.dumps([entry.to_dict() for entry in entries], ensure_ascii=False, indent=1).encode()


def to_jsonl(entries: Iterable[FaqEntry]) -> bytes:
    """Return a base as JSONL, a whole entry a line."""
    return "".join(json.dumps(entry.to_dict(), ensure_ascii=False) + "\n" for entry in entries).encode()


def decoded(name: str, data: bytes) -> str:
    """Return the text of a file in UTF-8, or UTF-16 with its mark.

    Raises:
        FaqFileBroken: it is in another encoding.
    """
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise FaqFileBroken(name, "is not in UTF-8; save it as “UTF-8”", line) from wrong


def _as_json(name: str, text: str) -> list[Found] | None:
    """Return the entries of a YAML file that is JSON; None when it is not.

    PyYAML reads a character that JSON escapes as a pair of surrogates wrongly, so JSON is read as JSON.
    """
    try:
        return [_found(name, line, one) for line, one in strict_json.items(text)]
    except (ValueError, RecursionError):
        return None


def _found_in(name: str, loader: Any, node: yaml.Node) -> Found:  # noqa: ANN401
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise FaqFileBroken(name, "should be an entry with fields, such as id and en", line)
    lines: dict[str, int] = {}
    _field_lines(name, node, "", lines)
    return Found(name, line, loader.construct_object(node, deep=True), lines)


def _field_lines(name: str, node: yaml.MappingNode, prefix: str, lines: dict[str, int]) -> None:
    """Note the line of every field and list item; refuse a field that stands twice."""
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise FaqFileBroken(name, "should be the name of a field", line)
        path = f"{prefix}{key.value}" if prefix else language_code(str(key.value))
        if path in lines and path != f"{prefix}<<":
            raise FaqFileBroken(name, "stands twice in one entry", line, path)
        lines[path] = line
        if isinstance(value, yaml.MappingNode):
            _field_lines(name, value, path + ".", lines)
        elif isinstance(value, yaml.SequenceNode):
            for number, item in enumerate(value.value, 1):
                lines[f"{path}[{number}]"] = item.start_mark.line + 1
                if isinstance(item, yaml.MappingNode):
                    _field_lines(name, item, f"{path}[{number}].", lines)


def _found(name: str, line: int, body: object) -> Found:
    if not isinstance(body, dict):
        raise FaqFileBroken(name, "should be an entry: an object with fields", line)
    return Found(name, line, body)


def _nested(name: str, line: int, flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return a flat line {id, lang, question, phrasings, answer, …} in the nested form."""
    code = flat["lang"]
    if not isinstance(code, str) or not code or code in PLAIN_FIELDS:
        raise FaqFileBroken(name, "should be a language code such as en", line, "lang")
    code = language_code(code)
    for key in flat:
        if key not in FLAT_FIELDS:
            raise FaqFileBroken(name, f"is unknown; known are {', '.join(FLAT_FIELDS)}", line, str(key)[:40])
    text = {key: flat[key] for key in TEXT_FIELDS if flat.get(key) is not None}
    return {key: value for key, value in flat.items() if key in PLAIN_FIELDS} | {code: text}


def _join(name: str, line: int, entry: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Add a language to an entry; the fields of the first line win where a later one leaves them out."""
    for key, value in more.items():
        if key in PLAIN_FIELDS:
            if entry.setdefault(key, value) != value:
                raise FaqFileBroken(name, "says something else than the first line of this id", line, key)
        elif key in entry:
            raise FaqFileBroken(name, f"id {entry['id']!r} has this language twice", line, key)
        else:
            entry[key] = value
