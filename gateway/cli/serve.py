"""Run the gateway: web, workers, migrations."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.options import places, settings_of

if TYPE_CHECKING:
    from gateway.cli.processes import Child, Event
    from gateway.settings import Settings
    from gateway.storage.embedded import EmbeddedServer


@click.command()
@places
def serve(config: Path | None, data: Path | None) -> None:
    """Web and one worker; starts the embedded database when no other is given. Stop with Ctrl-C."""
    from contextlib import ExitStack

    from gateway.app import assembled, embedded_server
    from gateway.cli.processes import supervise

    settings = settings_of(config, data)
    stand_in = None
    if settings.sandbox and settings.login is None:
        os.environ["GATEWAY_LOGIN_ISSUER"] = stand_in = _address_for_stand_in()
        settings = settings_of(config, data)
    server = embedded_server(settings)
    with ExitStack() as held:
        if server is not None:
            held.enter_context(server)
        with assembled(settings):
            click.echo(f"Database ready ({settings.mode}).")
        revive = (lambda: _revive(server)) if server is not None else None
        sys.exit(supervise(children(settings, stand_in), on_event=_tell, every_second=revive))


def _revive(server: EmbeddedServer) -> None:
    if server.ensure_running():
        click.echo("database: had died, runs again")


def _address_for_stand_in() -> str:
    """Where the stand-in for the login service will listen; our children read it from the environment."""
    from gateway.cli.demo import _free_port

    return f"http://127.0.0.1:{_free_port(0)}"


def children(settings: Settings, stand_in: str | None = None) -> list[Child]:
    """
    The processes that make up a running gateway.

    Args:
        stand_in: The address at which a sandbox's own login service must listen; None = another is used, or none.
    """
    from gateway.cli.processes import Child

    places_given = ["--config", str(settings.config), "--data", str(settings.data)]
    command = [sys.executable, "-m", "gateway.cli"]
    kept = [
        Child(name="web", argv=[*command, "web", *places_given], ready=lambda: _answers(settings)),
        Child(name="worker", argv=[*command, "work", *places_given]),
    ]
    if stand_in is not None and settings.login is not None:
        from gateway.cli import login_stand_in

        kept.append(Child(name="login", argv=login_stand_in.command(settings, settings.login, stand_in)))
    return kept


def _answers(settings: Settings) -> bool:
    """Whether the web server answers; asked again and again until it does."""
    import http.client

    host, _, port = settings.listen.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=1)
    try:
        connection.request("GET", "/v1/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _tell(event: Event) -> None:
    again = f", again in {event.restart_in_seconds:.1f} s" if event.restart_in_seconds else ""
    click.echo(f"{event.child}: {event.kind.value}{again}")


@click.command()
@places
def work(config: Path | None, data: Path | None) -> None:
    """One worker: delivers messages, sweeps deadlines, numbers the journal."""
    from gateway.app import assembled
    from gateway.cli.processes import watch_parent

    watch_parent()
    settings = settings_of(config, data)
    with assembled(settings, install=False) as gateway:
        gateway.work()


@click.command()
@places
def web(config: Path | None, data: Path | None) -> None:
    """The web server alone (gunicorn)."""
    from gunicorn.app.base import BaseApplication

    from gateway.app import assembled
    from gateway.cli.processes import watch_parent

    watch_parent()
    settings = settings_of(config, data)
    workers = int(os.environ.get("GATEWAY_WEB_WORKERS", "2"))

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        """gunicorn, given its settings here instead of on a command line."""

        def load_config(self) -> None:
            for name, value in {
                "bind": settings.listen,
                "workers": workers,
                "worker_class": "gthread",
                "threads": 8,
                "timeout": 60,
                "graceful_timeout": 20,
                "loglevel": "warning",
                "control_socket_disable": True,  # it would write in the home folder; signals are enough
                "worker_exit": _close_in_worker,
            }.items():
                self.cfg.set(name, value)

        def load(self) -> object:
            """Called in each worker process, once it listens to signals: connections are made after the fork."""
            manager = assembled(settings, install=False)
            opened = manager.__enter__()
            _WORKER["close"] = lambda: manager.__exit__(None, None, None)
            return opened.flask

    def _close_in_worker(_server: object, _worker: object) -> None:
        _WORKER.pop("close", lambda: None)()

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    Server().run()


_WORKER: dict[str, Callable[[], object]] = {}


@click.command()
@places
def migrate(config: Path | None, data: Path | None) -> None:
    """Bring the database to this version's tables; does nothing when it is there already."""
    from gateway.app import assembled

    with assembled(settings_of(config, data)):
        click.echo("The database is up to date.")
