"""Style sheets and scripts, served from here alone under an address that changes with them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation at run time
from starlette.responses import Response

from seriatim.service.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
AGAIN = {"Cache-Control": "no-cache"}
LENGTH = 16


class Assets:
    """Everything in `static/`, read once, and what is made (`more`: name to text)."""

    def __init__(self, more: Mapping[str, str], folder: Path = FOLDER) -> None:
        found = sorted(each for each in folder.iterdir() if each.suffix in TYPES)
        self.files = {each.name: each.read_bytes() for each in found}
        self.files |= {name: text.encode() for name, text in more.items()}
        names = (name.encode() + b"\0" + data for name, data in self.files.items())
        self.hash = sha256(b"\0".join(names)).hexdigest()[:LENGTH]

    def address(self, name: str) -> str:
        """The path of a file, without the root of the service; KeyError if there is none."""
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.hash}/{name}"

    async def serve(self, request: Request) -> Response:
        """One file, which may be kept for ever: another text has another address.

        Without the hash in its address it is for pages that do not know it, and not kept.
        """
        name = request.path_params["name"]
        found = request.path_params.get("hash")
        if found not in (None, self.hash) or name not in self.files:
            raise Problem(404, "not-found", "Not Found")
        data = self.files[name]
        headers = {**(FOREVER if found else AGAIN), "Content-Type": TYPES[Path(name).suffix]}
        if request.method == "HEAD":
            return Response(headers={**headers, "Content-Length": str(len(data))})
        return Response(data, headers=headers)
