"""Style sheets, scripts and pictures: read once, compressed once, cached by browsers for good.

The address holds a sum over all files (`/static/3f9a2c1b/console.js`), so a new release is fetched and an old one never
again; modules import each other by relative names and stay together.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent: its type, its bytes and the same compressed."""

    kind: str
    raw: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Shelf:
    """All files, and the sum over them that stands in their address."""

    files: dict[str, File]
    version: str

    def url(self, name: str) -> str:
        """Return a file's address."""
        return f"/static/{self.version}/{name}"


@cache
def shelf() -> Shelf:
    """Return the files of the package."""
    files, total = {}, hashlib.sha256()
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            raw = path.read_bytes()
            files[path.name] = File(TYPES[path.suffix], raw, gzip.compress(raw, mtime=0))
            total.update(path.name.encode() + raw)
    return Shelf(files, total.hexdigest()[:12])


async def serve(request: Request) -> Response:
    """Answer with one file; an address of another release gets the present file, uncached."""
    found = shelf().files.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    current = request.path_params["version"] == shelf().version
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if current else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.packed, media_type=found.kind, headers=headers)
    return Response(found.raw, media_type=found.kind, headers=headers)
