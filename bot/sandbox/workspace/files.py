"""Files, by the three steps in which Slack takes them: ask for an address, send the bytes there, say where they belong.

The steps are not atomic, and nothing here makes them so: a file whose third step never comes is seen by nobody.
"""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from bot.sandbox.workspace.errors import SlackError

if TYPE_CHECKING:
    from bot.sandbox.workspace.state import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file. `data` is None until its bytes have come; `length` is what was announced."""

    id: str
    ticket: str
    name: str
    length: int
    title: str
    data: bytes | None = None

    def as_json(self, owner: Person, origin: str, created: int) -> dict[str, Any]:
        """A file object, as in messages and in answers."""
        suffix = PurePosixPath(self.name).suffix.removeprefix(".") or "text"
        address = f"{origin}/files/{self.id}/{self.ticket}"
        return {
            "id": self.id,
            "created": created,
            "name": self.name,
            "title": self.title,
            "mimetype": mimetypes.guess_type(self.name)[0] or "text/plain",
            "filetype": suffix,
            "pretty_type": suffix.upper(),
            "user": owner.id,
            "size": self.length,
            "mode": "hosted",
            "is_external": False,
            "is_public": True,
            "url_private": address,
            "url_private_download": address,
        }


class Files:
    """All files. An upload's ticket is the secret in its address."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._tickets: dict[str, str] = {}

    def announce(self, name: str, length: int) -> File:
        """Step one."""
        file = File(
            id=f"F{secrets.token_hex(5).upper()}",
            ticket=secrets.token_urlsafe(18),
            name=PurePosixPath(name).name or "file",
            length=length,
            title=name,
        )
        self._files[file.id] = file
        self._tickets[file.ticket] = file.id
        return file

    def get(self, file_id: str) -> File:
        """The file, or SlackError file_not_found; also before its bytes have come."""
        try:
            return self._files[file_id]
        except KeyError:
            raise SlackError("file_not_found") from None

    def complete(self, file_id: str, title: str) -> File:
        """Step three, for one file."""
        file = self.get(file_id)
        if file.data is None:
            raise SlackError("file_not_found")
        file = self._files[file_id] = replace(file, title=title or file.name)
        return file

    async def receive(self, request: web.Request) -> web.Response:
        """Step two, which is outside of the Web API: the bytes as they are, or as a form's file."""
        file_id = self._tickets.get(request.match_info["ticket"])
        if file_id is None or self._files[file_id].data is not None:
            return web.Response(status=404, text="not_found")
        data = await _bytes(request)
        file = self._files[file_id]
        if len(data) != file.length:
            return web.Response(status=400, text=f"expected {file.length} bytes, got {len(data)}")
        self._files[file_id] = replace(file, data=data)
        return web.Response(text=f"OK - {len(data)}")

    async def serve(self, request: web.Request) -> web.Response:
        """The bytes, always as a download: what a bot uploads must not run as a page of the workspace."""
        file = self._files.get(request.match_info["file"])
        if file is None or file.data is None or file.ticket != request.match_info["ticket"]:
            raise web.HTTPNotFound
        response = web.Response(body=file.data, content_type="application/octet-stream")
        response.headers["Content-Disposition"] = "attachment"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


async def _bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader):
            return bytes(await part.read())
    return b""
