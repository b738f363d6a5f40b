"""Replace the key that signs, or say from when a key is not to be trusted; journalled first, by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gateway.errors import Conflict, NotFound
from gateway.keys import Keys, register
from gateway.keys import folder as key_folder
from gateway.services.keep_checkpoints import sequence_journal
from gateway.services.runtime import Runtime
from gateway.storage import journal
from gateway.storage.database import hold
from gateway.storage.journal import Entry


def announce_key(runtime: Runtime) -> str:
    """Make the key that will sign after the next rotation, so that it is published first; its kid."""
    return key_folder.announce(_folder(runtime)).kid


def rotate_key(runtime: Runtime, now: datetime, *, by: str) -> tuple[str, str]:
    """
    Sign with the announced key from now on, or with a new one; what the old one signed keeps verifying.

    Processes that run go on with the old key until they are started again.

    Returns:
        The kid that signed so far, and the one that signs from now on.
    """
    folder, old = _folder(runtime), runtime.keys.kid
    with runtime.database.begin() as connection:
        hold(connection, "signing-keys")
        new = key_folder.announce(folder).kid
        facts = {"old_kid": old, "new_kid": new}
        journal.append(connection, now, Entry(kind="keys.rotated", actor=f"administrator:{by}", facts=facts))
    key_folder.rotate(folder, now)
    sequence_journal(_reloaded(runtime), now)
    return old, new


def revoke_key(runtime: Runtime, kid: str, since: datetime, reason: str, now: datetime, *, by: str) -> None:
    """
    Say that what is signed with *kid* from *since* on proves nothing; what it signed before is flagged.

    The journal is vouched for anew with the present key, at once.

    Args:
        reason: One of `gateway.keys.register.REASONS`.

    Raises:
        NotFound: No such key ever signed here.
        Conflict: It is the key that signs now, or it was revoked from an earlier moment already.
    """
    if kid == runtime.keys.kid:
        raise Conflict("This key signs now; run `gateway keys rotate` first, and revoke it then.")
    try:
        marked = register.revoked(runtime.keys.key_history(), kid, since, reason)
    except KeyError as error:
        raise NotFound("No such key ever signed here; `gateway keys list` shows them.") from error
    except ValueError as error:
        raise Conflict("It was revoked from an earlier moment already; that is not taken back.") from error
    facts = {"kid": kid, "from": since.isoformat(), "reason": reason}
    with runtime.database.begin() as connection:
        hold(connection, "signing-keys")
        journal.append(connection, now, Entry(kind="keys.revoked", actor=f"administrator:{by}", facts=facts))
    folder = _folder(runtime)
    key_folder.write_register(folder, {"keys": [jwk for jwk in marked["keys"] if jwk["kid"] != runtime.keys.kid]})
    key_folder.withdraw_announced(folder, kid)
    sequence_journal(_reloaded(runtime), now)


def _folder(runtime: Runtime) -> Path:
    return runtime.settings.data / "keys"


def _reloaded(runtime: Runtime) -> Runtime:
    return replace(runtime, keys=Keys.load(_folder(runtime)))
