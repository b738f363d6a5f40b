"""What makes a cluster itself, kept in cluster.json: its name, its place, its passwords."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from gateway.errors import ConfigurationError
from gateway.storage.embedded.durable import write_durably
from gateway.storage.embedded.places import root_place

FILE = "cluster.json"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What cluster.json (0600) keeps. The id is random, so a deleted folder never meets an old database."""

    cluster_id: str
    home: str | None  # where the data directory lives, when not in the folder itself
    owner_password: str
    superuser_password: str
    is_complete: bool  # with role and database: from now on a missing data directory is a loss

    @classmethod
    def of(cls, folder: Path) -> Identity:
        """
        The identity that *folder* keeps; made and kept when the folder is new.

        Raises:
            ConfigurationError: It is damaged, or gone from beside a database.
        """
        path = folder / FILE
        try:
            return cls(**json.loads(path.read_text()))
        except FileNotFoundError:
            if (folder / "data").exists():
                raise ConfigurationError(
                    f"{folder} holds a database but its {FILE} is gone: put that file back, or "
                    "start with an empty folder."
                ) from None
        except (ValueError, TypeError):
            raise ConfigurationError(f"{path} is damaged: restore it from a backup.") from None
        cluster_id = secrets.token_hex(8)
        identity = cls(
            cluster_id=cluster_id,
            home=str(root_place() / "clusters" / cluster_id) if os.geteuid() == 0 else None,
            owner_password=secrets.token_urlsafe(24),
            superuser_password=secrets.token_urlsafe(24),
            is_complete=False,
        )
        identity.keep(folder)
        return identity

    def keep(self, folder: Path) -> None:
        """Write it down, so that it survives a power cut."""
        write_durably(folder / FILE, json.dumps(asdict(self), indent=1))
