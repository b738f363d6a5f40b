"""The key folder: files only their owner can read, made once, and never made anew beside others."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.errors import ConfigurationError
from gateway.keys import register
from gateway.keys.failures import SignatureInvalid
from gateway.keys.sealing import SECRET_BYTES
from gateway.keys.signing import SigningKey

MASTER_FILE, INDEX_FILE, SIGNING_FILE = "master.key", "index.key", "signing.pem"
NEXT_FILE = "signing-next.pem"  # announced: published like the others, and signs after the next rotation
REGISTER_FILE = "published.json"


def master_secrets(folder: Path) -> list[bytes]:
    """The master key in use, then those that it replaced."""
    return [_secret(path) for path in _current_and_retired(folder, MASTER_FILE)]


def index_secret(folder: Path) -> bytes:
    """The key of the pseudonyms."""
    return _secret(folder / INDEX_FILE)


def signing_keys(folder: Path) -> list[SigningKey]:
    """The key pair that signs, then those that it replaced."""
    return [_signing_key(path) for path in _current_and_retired(folder, SIGNING_FILE)]


def key_register(folder: Path) -> dict[str, Any]:
    """
    The register of the public keys that signed before (`gateway.keys.register`); empty when none was replaced yet.

    Raises:
        ConfigurationError: It is not the register that was written.
    """
    path = folder / REGISTER_FILE
    if not path.exists():
        return {"keys": []}
    try:
        return register.from_text(_read(path))
    except SignatureInvalid as error:
        raise ConfigurationError(f"{path} is not a register of keys; restore it from a backup.") from error


def write_register(folder: Path, jwks: Mapping[str, Any]) -> None:
    """
    Put the register in its place, whole or not at all.

    Raises:
        ConfigurationError: The key folder cannot be written.
    """
    _put(folder / REGISTER_FILE, register.to_text(jwks))


def announce(folder: Path) -> SigningKey:
    """
    The key pair that will sign after the next rotation; made when there is none, so that others can be told first.

    Raises:
        ConfigurationError: The key folder cannot be written.
    """
    try:
        _place_once(folder / NEXT_FILE, SigningKey.generate().to_pem())
    except OSError as error:
        raise ConfigurationError(f"The key folder {folder} cannot be written.") from error
    return _signing_key(folder / NEXT_FILE)


def withdraw_announced(folder: Path, kid: str) -> None:
    """Take back the announced key pair when it is this one: it will never sign."""
    path = folder / NEXT_FILE
    if path.exists() and _signing_key(path).kid == kid:
        path.unlink()
        _sync_folder(folder)


def rotate(folder: Path, at: datetime) -> SigningKey:
    """
    Let the announced key pair sign from now on, or a new one when none was announced; gives the one that signs now.

    The public half of the old pair is registered first and only then does the new pair take its place, in one step:
    cut off at any moment, the folder holds a key that signs and every key that signed. The old private half is gone
    then: nothing needs it any more, and what is not there cannot leak.

    Raises:
        ConfigurationError: The key folder cannot be read or written.
    """
    new = announce(folder)
    old = _signing_key(folder / SIGNING_FILE)
    write_register(folder, register.replaced(key_register(folder), old.public_jwk(), at))
    try:
        os.replace(folder / NEXT_FILE, folder / SIGNING_FILE)
        _sync_folder(folder)
    except OSError as error:
        raise ConfigurationError(f"The key folder {folder} cannot be written.") from error
    return new


def create_missing(folder: Path) -> None:
    """
    Make the files in a fixed order. A later one without an earlier one is a loss, not a first start: new keys
    would make everything sealed unreadable for good, so that needs a person (and a backup).

    Raises:
        ConfigurationError: A file is missing beside others, or the folder cannot be written.
    """
    makers: dict[str, Callable[[], bytes]] = {
        MASTER_FILE: lambda: secrets.token_bytes(SECRET_BYTES),
        INDEX_FILE: lambda: secrets.token_bytes(SECRET_BYTES),
        SIGNING_FILE: lambda: SigningKey.generate().to_pem(),
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Looked at from last to first, because another process may be making them from first to last.
        present = {name for name in reversed(makers) if (folder / name).exists()}
        missing = [name for name in makers if name not in present]
        if missing and present != set(list(makers)[: len(present)]):
            raise ConfigurationError(f"The key file {folder / missing[0]} is missing beside others; restore it.")
        for name in missing:
            _place_once(folder / name, makers[name]())
    except OSError as error:
        raise ConfigurationError(f"The key folder {folder} cannot be written.") from error


def _current_and_retired(folder: Path, name: str) -> list[Path]:
    current = folder / name
    return [current, *sorted(folder.glob(f"{current.stem}-*{current.suffix}"))]


def _secret(path: Path) -> bytes:
    content = _read(path)
    if len(content) != SECRET_BYTES:
        raise ConfigurationError(f"{path} must hold exactly {SECRET_BYTES} bytes.")
    return content


def _signing_key(path: Path) -> SigningKey:
    try:
        return SigningKey.from_pem(_read(path))
    except (ValueError, TypeError) as error:  # TypeError: it is encrypted
        raise ConfigurationError(f"{path} must hold an unencrypted private key on P-256, in PEM.") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise ConfigurationError(f"Others than its owner can reach {path}; run: chmod 600 {path}")
            return file.read(100_000)
    except FileNotFoundError as error:
        raise ConfigurationError(f"The key file {path} is missing.") from error
    except OSError as error:
        raise ConfigurationError(f"The key file {path} cannot be read.") from error


def _place_once(path: Path, content: bytes) -> None:
    """Put a whole, synced file there, unless somebody else was first: then theirs stands."""
    draft = _draft(path, content)
    try:
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _put(path: Path, content: bytes) -> None:
    """Put a whole, synced file in the place of what stood there."""
    try:
        draft = _draft(path, content)
        try:
            os.replace(draft, path)
            _sync_folder(path.parent)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written.") from error


def _draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
