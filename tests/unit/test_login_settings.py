"""[login] in config/gateway.toml: what is doubtful about who says who somebody is, stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.errors import ConfigurationError
from gateway.settings import load_settings

CONFIG = Path(__file__).resolve().parents[2] / "config"
LIVE = {"GATEWAY_MODE": "live", "GATEWAY_BASE_URL": "https://gateway.example"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of the shipped gateway.toml, of an organisation that may go live."""
    text = (CONFIG / "gateway.toml").read_text("utf-8")
    (tmp_path / "gateway.toml").write_text(text.replace('"00000099000000001000"', '"00000001234567890000"'), "utf-8")
    return tmp_path


def change(config: Path, old: str, new: str) -> None:
    text = (config / "gateway.toml").read_text("utf-8")
    assert old in text
    (config / "gateway.toml").write_text(text.replace(old, new, 1), "utf-8")


def test_as_shipped_it_is_not_offered(config: Path) -> None:
    """Without an issuer there is no such way in, sandbox or live; a section that is absent means the same."""
    assert load_settings(config=config, environment={}).login is None
    assert load_settings(config=config, environment=LIVE).login is None
    text = (config / "gateway.toml").read_text("utf-8")
    (config / "gateway.toml").write_text(text.partition("[login]")[0], "utf-8")
    with_issuer = {**LIVE, "GATEWAY_LOGIN_ISSUER": "https://login.example"}
    assert load_settings(config=config, environment=with_issuer).login is None


def test_an_issuer_offers_it(config: Path) -> None:
    """From the file, or from the environment, which wins."""
    change(config, 'issuer             = ""', 'issuer             = "https://login.example/op"')
    found = load_settings(config=config, environment=LIVE).login
    assert found is not None
    assert found.issuer == "https://login.example/op"
    other = load_settings(config=config, environment={**LIVE, "GATEWAY_LOGIN_ISSUER": "https://other.example"}).login
    assert other is not None
    assert other.issuer == "https://other.example"


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example",
        "https://login.example/?a=b",
        "https://login.example/#a",
        "https://user:secret@login.example",
        "https://",
        "login.example",
        "file:///etc/passwd",
    ],
)
def test_a_doubtful_issuer(config: Path, issuer: str) -> None:
    """Live, it is an https address and nothing more."""
    with pytest.raises(ConfigurationError, match=r"login\.issuer"):
        load_settings(config=config, environment={**LIVE, "GATEWAY_LOGIN_ISSUER": issuer})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('["ES256", "PS256", "RS256"]', '["ES256", "HS256"]', r"login\.algorithms"),
        ('["ES256", "PS256", "RS256"]', '["none"]', r"login\.algorithms"),
        ('["ES256", "PS256", "RS256"]', "[]", r"login\.algorithms"),
        ('= "issuer"', '= "anybody"', r"login\.assertion_audience"),
        ('["openid"]', '["profile"]', r"login\.scopes"),
        ('"creditor-gateway"', '""', "nothing in"),
        ('"urn:nl-eid-gdi:1.0:LegalSubjectID"', '""', "nothing in"),
        ('["http://eidas.europa.eu/LoA/substantial", "http://eidas.europa.eu/LoA/high"]', "[]", "nothing in"),
        ("max_age_seconds    = 300", "max_age_seconds    = 86400", "max_age_seconds"),
        ("deadline_seconds   = 10", "deadline_seconds   = 0", "deadline_seconds"),
        ("client_id ", "client_name ", "client_id is missing"),
    ],
)
def test_a_doubtful_section(config: Path, old: str, new: str, told: str) -> None:
    """Each is refused at the start, with what to do about it."""
    change(config, old, new)
    with pytest.raises(ConfigurationError, match=told):
        load_settings(config=config, environment={**LIVE, "GATEWAY_LOGIN_ISSUER": "https://login.example"})
