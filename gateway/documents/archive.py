"""A ZIP archive that is the same byte for byte whoever packs it, and the careful reading of one that was sent to us."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.errors import GatewayError

MAX_ARCHIVE_BYTES = 100_000_000
MAX_MEMBER_BYTES = 50_000_000
MAX_MEMBERS = 2_000
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
# Everything that the standard library raises on an archive that is cut off, bent or made to hurt.
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError, MemoryError, IndexError, KeyError, TypeError),
)


class UnreadableArchive(GatewayError):
    """This is not a ZIP archive that can be read."""

    code = "unreadable_archive"


def pack(members: Mapping[str, bytes], at: datetime) -> bytes:
    """
    The archive of *members*, in their order and not compressed.

    Nothing but the members and *at* decides a single byte, so whoever has those can tell whether an archive was
    touched; compression would depend on the version of a library.
    """
    stamp = at.astimezone(UTC)
    if not 1980 <= stamp.year <= 2107:
        raise ValueError("a ZIP archive cannot say that it is of this year")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            if not _NAME.fullmatch(name):
                raise ValueError("a member has a plain relative name")
            entry = zipfile.ZipInfo(name, (stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second))
            entry.create_system = 3  # as written on Unix, wherever we run
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return held.getvalue()


@dataclass(frozen=True, kw_only=True)
class Opened:
    """
    What an archive holds.

    Args:
        members: Content by name, in the order of the archive; nothing was written anywhere, whatever the names say.
        wrong: What is the matter with entries that are not among *members*, by a name that is safe to print.
    """

    members: Mapping[str, bytes]
    wrong: Mapping[str, str]


def read(archive: bytes) -> Opened:
    """
    What *archive* holds.

    Raises:
        UnreadableArchive: It is no ZIP, cut off, or too large, packed or unpacked.
    """
    if len(archive) > MAX_ARCHIVE_BYTES:
        raise UnreadableArchive(f"The file is larger than {MAX_ARCHIVE_BYTES // 1_000_000} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return _opened(opened)
    except _BROKEN as error:
        raise UnreadableArchive from error


def _opened(archive: zipfile.ZipFile) -> Opened:
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise UnreadableArchive(f"There are more than {MAX_MEMBERS} files in it.")
    members: dict[str, bytes] = {}
    wrong: dict[str, str] = {}
    left = MAX_ARCHIVE_BYTES
    for entry in entries:
        name = entry.orig_filename
        if not _NAME.fullmatch(name):
            wrong[f"{name[:80]!a}"] = "does not belong in an evidence file"
        elif name in members:
            wrong[name] = "is in the archive twice"
        else:
            content = _content(archive, entry, min(left, MAX_MEMBER_BYTES))
            if content is None:
                wrong[name] = "was altered or is damaged"
            else:
                members[name] = content
                left -= len(content)
    return Opened(members=members, wrong=wrong)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | None:
    """What one member holds, or None when it does not read; never read further than *most*, whatever it claims."""
    try:
        with archive.open(entry) as stream:
            content = stream.read(most + 1)
    except _BROKEN:
        return None
    if len(content) > most:
        raise UnreadableArchive(f"{entry.orig_filename} is too large when unpacked.")
    return content
