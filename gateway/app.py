"""The composition root: settings, keys and database become a running gateway. Only here do concrete parts meet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from ipaddress import ip_network

from flask import Flask, Response, g

from gateway import web
from gateway.api import (
    access,
    counsellor,
    creditor,
    letter_codes,
    life,
    partners,
    permission,
    problems,
    proofs,
    soap,
    system,
)
from gateway.courier import Courier, CourierPolicy
from gateway.courier.login_service import MOST_BYTES, LoginPolicy, LoginService
from gateway.engine import Engine
from gateway.errors import ConfigurationError
from gateway.keys import Keys
from gateway.services.deliver import deliver
from gateway.services.hold_to_copies import hold_to_copies
from gateway.services.keep_checkpoints import sequence_journal
from gateway.services.remind_expiry import remind_expiry
from gateway.services.runtime import Runtime
from gateway.services.sweep_deadlines import redefer_lost, sweep_deadlines
from gateway.services.tidy import tidy
from gateway.settings import Settings
from gateway.storage import installation, migrate
from gateway.storage.database import Database
from gateway.storage.embedded import EmbeddedServer


@dataclass(frozen=True)
class Gateway:
    """One process's gateway: web, worker and command line are all given this."""

    settings: Settings
    runtime: Runtime
    engine: Engine
    courier: Courier
    login: LoginService | None  # None = signing in that way is not offered

    def now(self) -> datetime:
        """The gateway clock: the machine's, plus how far a sandbox was moved. Nothing else reads a clock."""
        machine = datetime.now(UTC)
        if not self.settings.sandbox:
            return machine
        with self.runtime.database.begin() as connection:
            return machine + installation.clock_offset(connection)

    @cached_property
    def flask(self) -> Flask:
        return create_app(self)

    def work(self) -> None:
        """Run one worker until it is told to stop."""
        self.engine.handle(
            deliver=lambda ids: deliver(self.runtime, self.courier, ids, self.now),
            sweep=self.sweep,
            sequence=lambda: sequence_journal(self.runtime, self.now()),
            tidy=lambda: tidy(self.runtime, self.now()),
        )
        self.engine.work()

    def sweep(self) -> None:
        """One look at everything whose moment has come, and at every message that lost its job."""
        now = self.now()
        sweep_deadlines(self.runtime, now)
        remind_expiry(self.runtime, now)
        lost_after = timedelta(seconds=self.settings.delivery.lost_after)
        redefer_lost(self.runtime, now, grace_before=now - lost_after)


def embedded_server(settings: Settings) -> EmbeddedServer | None:
    """The private PostgreSQL under the data folder; None when another database is given by URL."""
    return EmbeddedServer(settings.data / "postgres") if settings.database_url is None else None


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The database to use: the one given by URL, or the embedded one, held for as long as the block lasts."""
    server = embedded_server(settings)
    if server is None:
        assert settings.database_url is not None  # the other half of what embedded_server() asks
        yield settings.database_url
        return
    with server as url:
        yield url


@contextmanager
def assembled(settings: Settings, *, install: bool = True, hold: bool = True) -> Iterator[Gateway]:
    """
    A gateway on its database, closed again at the end of the block.

    Args:
        install: Bring the tables up to date first; otherwise they must be.
        hold: Hold the journal to the copies of it outside the database; without only to look what is wrong.

    Raises:
        ConfigurationError: The database is of another mode or sealed under other keys, or not migrated; or its
            journal is older than what was seen before.
    """
    settings.refuse_changed_texts()
    with database_url(settings) as url:
        database = Database(url)
        keys = Keys.load(settings.data / "keys", create=settings.sandbox)
        engine = Engine(url)
        try:
            if install:
                migrate.upgrade(database, also=engine.install)
            _settle(settings, database, keys)
            runtime = Runtime(settings=settings, database=database, keys=keys, defer=engine.defer)
            if hold:
                hold_to_copies(runtime)
            yield Gateway(
                settings=settings,
                runtime=runtime,
                engine=engine,
                courier=Courier(_policy(settings)),
                login=_login(settings, keys),
            )
        finally:
            database.close()


def _settle(settings: Settings, database: Database, keys: Keys) -> None:
    """A database stays what it was made as: sandbox or live, and sealed under one master key."""
    with database.begin() as connection:
        if not migrate.is_current(connection):
            raise ConfigurationError("The database is behind this version; run `gateway migrate` first.")
        if unguarded := migrate.unguarded(connection):
            raise ConfigurationError(
                f"Somebody took away what keeps these append-only: {', '.join(unguarded)}. Find out who and why, "
                "put the triggers of migrations 0002 and 0004 back, and run `gateway journal verify`."
            )
        installation.settle(connection, mode=settings.mode, key_fingerprint=keys.fingerprint, now=datetime.now(UTC))
        settled = installation.read(connection)
    assert settled is not None  # written just before
    if settled["mode"] != settings.mode:
        raise ConfigurationError(
            f"This database is a {settled['mode']} one and the settings say {settings.mode}; use another database."
        )
    if settled["key_fingerprint"] != keys.fingerprint:
        raise ConfigurationError(
            f"This database is sealed under other keys than those in {settings.data / 'keys'}; put back the right ones."
        )


def _policy(settings: Settings) -> CourierPolicy:
    return CourierPolicy(
        ports=settings.delivery.ports,
        networks=tuple(ip_network(network) for network in settings.delivery.networks),
        allow_loopback_http=settings.sandbox,
        deadline_seconds=settings.delivery.deadline,
        max_body_bytes=settings.body_bytes,
    )


def _login(settings: Settings, keys: Keys) -> LoginService | None:
    found = settings.login
    if found is None:
        return None
    policy = LoginPolicy(
        issuer=found.issuer,
        client_id=found.client_id,
        assertion_audience=found.assertion_audience,
        scopes=found.scopes,
        algorithms=found.algorithms,
        levels=found.levels,
    )
    limits = replace(_policy(settings), deadline_seconds=found.deadline, max_body_bytes=MOST_BYTES)
    return LoginService(policy, limits, keys.sign)


def create_app(gateway: Gateway) -> Flask:
    """The Flask application: the JSON interface under /v1 and the pages for people."""
    app = Flask("gateway", static_folder=None)
    app.url_map.merge_slashes = False  # a path with a stray slash is unknown, not redirected (NLGov API rules)
    app.url_map.strict_slashes = True
    app.config["MAX_CONTENT_LENGTH"] = gateway.settings.body_bytes
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.before_request(partial(_prepare, gateway))
    app.before_request(access.refuse_odd_host)
    app.after_request(_finish)
    problems.register_problems(app)
    for part in (counsellor, creditor, letter_codes, life, partners, permission, proofs, soap, system):
        app.register_blueprint(part.blueprint, url_prefix="/v1")
    web.register_pages(app)
    return app


def _prepare(gateway: Gateway) -> None:
    """What every view finds in `g`: the runtime, and the one instant at which this request happens."""
    g.runtime = gateway.runtime
    g.address_fault = gateway.courier.check
    g.login = gateway.login
    g.now = gateway.now()


def _finish(response: Response) -> Response:
    headers = response.headers
    headers["API-Version"] = access.API_VERSION
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response
