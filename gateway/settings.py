"""config/ and the environment become one frozen Settings; on doubt the gateway does not start."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gateway.errors import ConfigurationError, GatewayError

if TYPE_CHECKING:
    from gateway.adapters import Format
    from gateway.consent.flows import Flows
    from gateway.consent.notices import Notice, Notices
    from gateway.consent.overrides import Statutes
    from gateway.domain.correspondence import Party
    from gateway.domain.grounds import Grounds
    from gateway.domain.integrity import LegalRates
    from gateway.domain.policies import Policies
    from gateway.domain.processing_register import Register
    from gateway.domain.regimes import Regimes
    from gateway.domain.retention import Retention
    from gateway.domain.workdays import Calendar

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent
_Made = TypeVar("_Made")


def config_folder(explicit: Path | None = None) -> Path:
    """
    The folder with the TOML files: the one asked for, GATEWAY_CONFIG, the checkout's, or the one in the wheel.

    Raises:
        ConfigurationError: The folder asked for holds no gateway.toml.
    """
    asked = explicit or (Path(os.environ["GATEWAY_CONFIG"]) if os.environ.get("GATEWAY_CONFIG") else None)
    if asked is not None:
        if not (asked / "gateway.toml").is_file():
            raise ConfigurationError(f"{asked} holds no gateway.toml; copy the shipped config folder and change it.")
        return asked
    return _shipped("config", "gateway.toml")


def schemas_folder() -> Path:
    """The published schemas: the checkout's, or those in the wheel."""
    return _shipped("schemas", "debt-statement.schema.json")


def _shipped(name: str, proof: str) -> Path:
    for folder in (_CHECKOUT / name, _PACKAGE / "shipped" / name):
        if (folder / proof).is_file():
            return folder
    raise ConfigurationError(f"The {name} folder is missing from this installation; install the gateway again.")


def read_toml(path: Path) -> dict[str, Any]:
    """
    One TOML file.

    Raises:
        ConfigurationError: It is missing, unreadable or not TOML; the message names file and line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} is missing.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from error


def load_calendar(config: Path | None = None) -> Calendar:
    """The workday calendar alone: the command line's deadline sum needs nothing else."""
    from gateway.domain.workdays import calendar_from

    return calendar_from(read_toml(config_folder(config) / "workdays.toml"))


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How sending behaves; seconds throughout."""

    retry_after: tuple[float, ...]
    lease: float
    lost_after: float
    ports: frozenset[int]
    networks: tuple[str, ...]
    deadline: float


@dataclass(frozen=True, kw_only=True)
class Login:
    """
    How residents sign in with the government's login service, by OpenID Connect (docs/decisions/0015).

    Args:
        label: What people call it.
        assertion_audience: For whom our proof of identity is: "issuer" (the rule of today) or "token_endpoint".
        algorithms: With which the service signs; what a token says of itself does not count.
        subject_claim: Carries the BSN of who it is about.
        acting_claim: Carries who signed in, where that is somebody else.
        levels: The values of `acr` that are sure enough.
        max_age: How many seconds ago somebody may have signed in there at most.
        deadline: Seconds for one call to the service.
    """

    label: str
    issuer: str
    client_id: str
    assertion_audience: str
    scopes: tuple[str, ...]
    algorithms: frozenset[str]
    subject_claim: str
    acting_claim: str
    levels: tuple[str, ...]
    max_age: int
    deadline: float


@dataclass(frozen=True)
class Settings:
    """
    Everything that outside variety may decide. Rules that need a file are read when first asked for.

    Args:
        data: The folder for keys, the embedded database and logs.
        database_url: None = the embedded PostgreSQL under *data*.
        witnesses: Copies of checkpoints, kept by others, that the journal must continue.
        login: None = that way of signing in is not offered.
        theme: The municipality's own stylesheet, loaded after ours; None = it has none.
    """

    mode: str
    base_url: str
    listen: str
    language: str
    sender: Party
    contact: str
    delivery: Delivery
    body_bytes: int
    config: Path
    data: Path
    database_url: str | None
    witnesses: tuple[Path, ...] = ()
    login: Login | None = None
    theme: str | None = None

    @property
    def sandbox(self) -> bool:
        return self.mode == "sandbox"

    @cached_property
    def calendar(self) -> Calendar:
        return load_calendar(self.config)

    @cached_property
    def policies(self) -> Policies:
        from gateway.domain.policies import policies_from

        return policies_from(read_toml(self.config / "deadlines.toml"))

    @cached_property
    def regimes(self) -> Regimes:
        from gateway.domain.regimes import regimes_from

        return regimes_from(read_toml(self.config / "regimes.toml"))

    @cached_property
    def flows(self) -> Flows:
        from gateway.consent.flows import flows_from

        return flows_from(read_toml(self.config / "data-flows.toml"))

    @cached_property
    def overrides(self) -> Statutes:
        from gateway.consent.overrides import statutes_from

        return statutes_from(read_toml(self.config / "overrides.toml"), self.flows)

    @cached_property
    def register(self) -> Register:
        from gateway.domain.processing_register import register_from

        return register_from(read_toml(self.config / "register.toml"))

    @cached_property
    def retention(self) -> Retention:
        from gateway.domain.retention import retention_from

        return retention_from(read_toml(self.config / "retention.toml"))

    @cached_property
    def grounds(self) -> Grounds:
        from gateway.domain.grounds import grounds_from

        return grounds_from(read_toml(self.config / "grounds.toml"))

    @cached_property
    def legal_rates(self) -> LegalRates:
        from gateway.domain.integrity import legal_rates_from

        return legal_rates_from(read_toml(self.config / "legal-rates.toml"))

    @cached_property
    def formats(self) -> Mapping[str, Format]:
        from gateway.adapters import load_formats

        return load_formats(self.config / "creditors")

    def format(self, slug: str) -> Format:
        """
        The format with this slug.

        Raises:
            ConfigurationError: There is no such mapping file.
        """
        try:
            return self.formats[slug]
        except KeyError:
            raise ConfigurationError(f"{self.config}/creditors holds no mapping {slug}.toml.") from None

    @cached_property
    def notices(self) -> Notices:
        from gateway.consent.notices import notices_from

        folder = self.config / "notices"
        files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.txt"))}
        return notices_from(files, read_toml(folder / "published.toml"), self.flows)

    def refuse_changed_texts(self) -> None:
        """
        Read the register of flows and the texts that go with it, as the gateway does when it starts.

        Raises:
            ConfigurationError: A published text was changed, or any of them is not whole; all of it is told. Or a
                flow that a law prescribes is opened by no statute.
        """
        self.overrides  # noqa: B018  reading it is what refuses
        if self.notices.newest("words") is None:
            raise ConfigurationError(f"{self.config}/notices holds no words for the fields.")

    def notice(self, notice_id: str, language: str) -> Notice:
        """
        The newest version of a notice in a language.

        Raises:
            ConfigurationError: There is none; a language without its text is not offered.
        """
        return self.notices.current(notice_id, language)


def load_settings(
    *, config: Path | None = None, data: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """
    Settings for this process.

    Raises:
        ConfigurationError: Something is missing, unknown or unsafe for the mode.
    """
    from gateway.domain.correspondence import Party

    folder = config_folder(config)
    table = read_toml(folder / "gateway.toml")
    where = folder / "gateway.toml"
    try:
        sender = table["sender"]
        delivery = table["delivery"]
        mode = environment.get("GATEWAY_MODE", table["mode"])
        prefix = "sandbox_" if mode == "sandbox" else ""  # a sandbox is in more of a hurry than a creditor
        settings = Settings(
            mode=mode,
            base_url=environment.get("GATEWAY_BASE_URL", table["base_url"]).rstrip("/"),
            listen=environment.get("GATEWAY_LISTEN", table["listen"]),
            language=table["language"],
            sender=Party(name=sender["name"], id_kind=sender["id_kind"], id_value=sender["id"]),
            contact=sender["contact"],
            delivery=Delivery(
                retry_after=tuple(float(seconds) for seconds in delivery[f"{prefix}retry_after_seconds"]),
                lease=float(delivery[f"{prefix}lease_seconds"]),
                lost_after=float(delivery[f"{prefix}lost_after_seconds"]),
                ports=frozenset(delivery["ports"]),
                networks=tuple(str(ip_network(network)) for network in delivery["networks"]),
                deadline=float(delivery[f"{prefix}deadline_seconds"]),
            ),
            body_bytes=int(table["limits"]["body_bytes"]),
            config=folder,
            data=data or Path(environment.get("GATEWAY_DATA") or "var"),
            database_url=environment.get("GATEWAY_DATABASE_URL") or None,
            witnesses=tuple(folder / str(one) for one in table.get("journal", {}).get("witnesses", ())),
            login=_login(table.get("login"), environment.get("GATEWAY_LOGIN_ISSUER")),
            theme=_theme(folder, table.get("theme", "")),
        )
    except KeyError as error:
        raise ConfigurationError(f"{where}: {error.args[0]} is missing.") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(f"{where}: {error}") from error
    _refuse_doubt(settings, where)
    return settings


def _theme(config: Path, name: str) -> str | None:
    """
    The municipality's own stylesheet; None when there is none.

    Raises:
        ConfigurationError: It is not there, not in the config folder, or holds what may not be on our pages.
    """
    from gateway.domain.theme import faults

    if not name:
        return None
    path = (config / name).resolve()
    if path.suffix != ".css" or not path.is_relative_to(config.resolve()) or not path.is_file():
        where = config / "gateway.toml"
        raise ConfigurationError(f"{where}: theme must name a .css file in this folder, not {name!r}.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if wrong := faults(content):
        raise ConfigurationError(f"{path}: {'; '.join(wrong)}.")
    return content.decode("utf-8")


def _login(table: Mapping[str, Any] | None, issuer: str | None) -> Login | None:
    """
    The section [login]; None when there is none, or no issuer in it: then it is not offered.

    Raises:
        KeyError: Something is missing.
    """
    issuer = issuer or (table or {}).get("issuer")
    if table is None or not issuer:
        return None
    return Login(
        label=str(table["label"]),
        issuer=str(issuer),
        client_id=str(table["client_id"]),
        assertion_audience=str(table["assertion_audience"]),
        scopes=tuple(str(one) for one in table["scopes"]),
        algorithms=frozenset(str(one) for one in table["algorithms"]),
        subject_claim=str(table["subject_claim"]),
        acting_claim=str(table["acting_claim"]),
        levels=tuple(str(one) for one in table["levels"]),
        max_age=int(table["max_age_seconds"]),
        deadline=float(table["deadline_seconds"]),
    )


_LOGIN_ALGORITHMS = frozenset({"ES256", "PS256", "RS256"})
_ISSUER = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")


def _refuse_login(settings: Settings, where: Path) -> None:
    """Whoever signs in says who the resident is: what is doubtful here stops the start."""
    login = settings.login
    if login is None:
        return
    if not _ISSUER.fullmatch(login.issuer) or not (settings.sandbox or login.issuer.startswith("https://")):
        raise ConfigurationError(f"{where}: login.issuer must be an https address without query or fragment.")
    if not login.algorithms or not login.algorithms <= _LOGIN_ALGORITHMS:
        raise ConfigurationError(f"{where}: login.algorithms may hold {', '.join(sorted(_LOGIN_ALGORITHMS))}.")
    if login.assertion_audience not in ("issuer", "token_endpoint"):
        raise ConfigurationError(f"{where}: login.assertion_audience must be 'issuer' or 'token_endpoint'.")
    if "openid" not in login.scopes:
        raise ConfigurationError(f"{where}: login.scopes must hold 'openid'.")
    if not all((login.label, login.client_id, login.subject_claim, login.acting_claim, *login.levels, login.levels)):
        raise ConfigurationError(f"{where}: nothing in [login] may be empty but the issuer.")
    if not 0 < login.max_age <= 3600 or not 0 < login.deadline <= 30:
        raise ConfigurationError(f"{where}: [login] allows at most 3600 for max_age_seconds, 30 for deadline_seconds.")


def _refuse_doubt(settings: Settings, where: Path) -> None:
    if settings.mode not in ("sandbox", "live"):
        raise ConfigurationError(f"{where}: mode is {settings.mode!r}; it must be 'sandbox' or 'live'.")
    if settings.delivery.lease <= settings.delivery.deadline:
        raise ConfigurationError(f"{where}: delivery.lease_seconds must exceed delivery.deadline_seconds.")
    _refuse_login(settings, where)
    if settings.sandbox:
        return
    if not settings.base_url.startswith("https://"):
        raise ConfigurationError(f"{where}: a live gateway needs an https base_url.")
    if settings.sender.id_value.startswith("00000099"):
        raise ConfigurationError(f"{where}: a live gateway cannot use a test OIN (prefix 99).")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of `gateway check`: what was looked at, and what is wrong with it, if anything."""

    what: str
    wrong: str | None


def check_settings(settings: Settings) -> list[Finding]:
    """Read every rule file once, run every worked example and golden sample, and say what is wrong with each."""
    parts: dict[str, Callable[[], object]] = {
        "workdays.toml": lambda: settings.calendar,
        "deadlines.toml": lambda: settings.policies,
        "regimes.toml": lambda: settings.regimes,
        "data-flows.toml": lambda: settings.flows,
        "retention.toml": lambda: settings.retention,
        "register.toml": lambda: settings.register,
        "grounds.toml": lambda: settings.grounds,
        "legal-rates.toml": lambda: settings.legal_rates,
        "creditors/": lambda: settings.formats,
        "schemas/": schemas_folder,
    }
    findings = [Finding(what=name, wrong=_fault_of(read)) for name, read in parts.items()]
    sound = {finding.what for finding in findings if finding.wrong is None}
    if "data-flows.toml" in sound:
        findings.append(Finding(what="overrides.toml", wrong=_fault_of(lambda: settings.overrides)))
        findings += _checked_notices(settings)
    if {"data-flows.toml", "deadlines.toml"} <= sound:
        findings += _checked_caps(settings)
    if {"workdays.toml", "deadlines.toml"} <= sound:
        findings += _checked_examples(settings)
    if "creditors/" in sound:
        findings += [found for slug in settings.formats for found in _checked_samples(settings, slug)]
    return findings


def _checked_notices(settings: Settings) -> list[Finding]:
    """The texts as they were published, and whether a reader can follow them."""
    from gateway.consent.readability import hard_to_read

    wrong = _fault_of(lambda: settings.notices)
    if wrong is not None:
        return [Finding(what="notices/", wrong=wrong)]
    hard = hard_to_read(settings.notices, settings.flows)
    return [Finding(what="notices/", wrong=None), *(Finding(what="notices/, to read", wrong=one) for one in hard)]


def _checked_caps(settings: Settings) -> list[Finding]:
    """No ladder of reminders is longer than the flow allows: the strictest bound wins before anything is sent."""
    bounds = {"statement": settings.flows.of("inventory"), "proposal": settings.flows.of("proposal")}
    return [
        Finding(
            what="deadlines.toml, reminders",
            wrong=f"policy {policy.id} reminds {len(policy.reminders)} times; flow {flow.purpose!r} allows "
            f"{flow.max_reminders}.",
        )
        for policy in settings.policies.entries
        for flow in [bounds.get(policy.step)]
        if flow is not None and flow.max_reminders is not None and len(policy.reminders) > flow.max_reminders
    ]


def _checked_examples(settings: Settings) -> list[Finding]:
    """The worked examples of the deadlines: one line when all come out, else one for each that does not."""
    from gateway.domain.policies import failed_examples

    failed = failed_examples(settings.policies, settings.calendar)
    return [Finding(what="deadlines.toml, worked examples", wrong=wrong) for wrong in failed or (None,)]


def _checked_samples(settings: Settings, slug: str) -> list[Finding]:
    """The golden samples of one format, in the same way."""
    from gateway.adapters.samples import check_samples

    results = check_samples(settings.format(slug))
    failed = [f"{result.name}: {result.difference}" for result in results if not result.passed]
    return [Finding(what=f"creditors/{slug}, {len(results)} samples", wrong=wrong) for wrong in failed or (None,)]


def _fault_of(read: Callable[[], object]) -> str | None:
    try:
        read()
    except GatewayError as error:
        return error.detail
    return None
