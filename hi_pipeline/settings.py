"""Settings from HI_* environment variables; the only place that reads the environment."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator

from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.home import at_home
from hi_pipeline.core.profiles import Profile

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_LONGEST_DAYS = 36_500


class Settings(BaseModel):
    """Where files come from and where data goes; what is not given comes from the variable HI_<NAME>.

    Attributes:
        source: "sample", "live", or "mirror:<folder or http address>".
        data_dir: the folder that holds one root for each kind of source.
        store: "s3://bucket/prefix" of an object store that keeps snapshots and tables for many machines; "" keeps them
            on disk. Endpoint and credentials are those of the AWS_* variables and files (``storage.bucket``).
        contact: an e-mail address or page by which a publisher can see who is asking; told in the User-Agent.
        robots: "obey" a publisher's robots.txt, or "ignore" it where the publisher has agreed.
        mirror_links: "refuse" links in a mirror's folder that lead out of it, or "follow" them.
        accept: use the "first" bytes of a new edition at once, or "ask" for ``hi accept`` before they are used.
        alert_to: where alerts go: apprise addresses with blanks between them; they may hold passwords.
        alert_to_file: a file that holds them instead, one a line.
        alert_quiet: hours in which nothing is sent, such as "22:00-07:00", London time; what came waits for their end.
        keep_runs_days: how long ``hi prune`` leaves every run; later those that hold the newest record of something.
        keep_files_days: how long it leaves kept files that others took the place of.
        ui_hosts: further host names, with commas between them, under which the web interface is reached.
        profile: which dagster.yaml is written where there is none: all on this machine, records on PostgreSQL, runs on
            Celery workers, or runs on Kubernetes.
        postgres: where records are kept with profiles other than embedded, without the password:
            "postgresql://hi@db.example.nhs.uk/dagster?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca.pem".
        postgres_password: its password; or postgres_password_file, a file that holds it.
        redis: what hands runs to Celery workers, without the password: "rediss://redis.example.nhs.uk:6380".
        redis_password: its password; or redis_password_file, a file that holds it.
        code_server: host:port of ``hi serve code``, which web interface and daemon then ask; without one each loads the
            code itself.
        log_format: "text", or "json" for one JSON object a line.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    source: str = "sample"
    data_dir: Path = Path("data")
    store: str = ""
    contact: str = ""
    robots: Literal["obey", "ignore"] = "obey"
    mirror_links: Literal["refuse", "follow"] = "refuse"
    accept: Literal["first", "ask"] = "first"
    alert_to: SecretStr = SecretStr("")
    alert_to_file: Path | None = None
    alert_quiet: str = ""
    keep_runs_days: int = Field(default=180, ge=30, le=_LONGEST_DAYS)
    keep_files_days: int = Field(default=1100, ge=366, le=_LONGEST_DAYS)
    ui_hosts: tuple[str, ...] = ()
    profile: Profile = "embedded"
    postgres: str = ""
    postgres_password: SecretStr = SecretStr("")
    postgres_password_file: Path | None = None
    redis: str = ""
    redis_password: SecretStr = SecretStr("")
    redis_password_file: Path | None = None
    code_server: str = ""
    log_format: Literal["text", "json"] = "text"

    # A library for settings would take a tenth of the time of a command that only reads, to import what is not used.
    @model_validator(mode="before")
    @classmethod
    def _from_environment(cls, given: dict[str, Any]) -> dict[str, Any]:
        variables = {name: f"HI_{name.upper()}" for name in cls.model_fields}
        # A variable that is empty or blank is one that is not set.
        return {
            name: held for name, variable in variables.items() if (held := os.environ.get(variable, "")).strip()
        } | given

    @field_validator("source")
    @classmethod
    def _known_source(cls, value: str) -> str:
        if value in ("sample", "live") or re.match(r"mirror:https?://[^/]", value):
            return value
        if re.match(r"mirror:(https?:|.*://)", value):
            raise ValueError(
                f"HI_SOURCE is {value!r}: expected a mirror's folder, or an address such as https://host/path"
            )
        if re.match(r"mirror:.*\S", value):
            return f"mirror:{at_home(Path(value.removeprefix('mirror:')))}"
        raise ValueError(f"HI_SOURCE is {value!r}: expected sample, live, or mirror:<folder or http address>")

    @field_validator("store")
    @classmethod
    def _address_of_store(cls, value: str) -> str:
        if value and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]+[a-z0-9](/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*/?", value):
            # Not shown: somebody may have put credentials into it.
            raise ValueError(
                "HI_STORE: expected s3://bucket or s3://bucket/prefix; credentials stand in AWS_* variables"
            )
        return value.rstrip("/")

    @field_validator("ui_hosts", mode="before")
    @classmethod
    def _host_names(cls, value: object) -> object:
        names = [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value
        wrong = [n for n in names if not re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", n)] if isinstance(names, list) else []
        if wrong:
            raise ValueError(f"HI_UI_HOSTS holds {wrong[0]!r}: expected host names such as figures.example.nhs.uk:8443")
        return names

    @field_validator("alert_quiet")
    @classmethod
    def _hours(cls, value: str) -> str:
        if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError(f"HI_ALERT_QUIET is {value!r}: expected hours such as 22:00-07:00")
        return value

    @field_validator("postgres")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not re.match(r"postgres(ql)?://[^/]*/\w", value):
            raise ValueError(
                "HI_POSTGRES names no database: expected postgresql://user@host/database, without the password"
            )
        asked = parse_qs(urlsplit(value).query)
        _check_service("HI_POSTGRES", value, encrypted="sslmode" in asked, how="say sslmode=verify-full")
        return value

    @field_validator("redis")
    @classmethod
    def _broker(cls, value: str) -> str:
        if value and not re.fullmatch(r"rediss?://[^/?]+(\?.*)?", value):
            raise ValueError("HI_REDIS is no address: expected rediss://host:port, without the password")
        _check_service("HI_REDIS", value, encrypted=value.startswith("rediss:"), how="write rediss://")
        return value

    @field_validator("code_server")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9.-]+:\d+", value):
            raise ValueError(f"HI_CODE_SERVER is {value!r}: expected host:port such as 127.0.0.1:4000")
        return value

    @field_validator("data_dir", "alert_to_file", "postgres_password_file", "redis_password_file")
    @classmethod
    def _path_at_home(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        try:
            return value and at_home(value)
        except ValueError as error:
            raise ValueError(f"HI_{str(info.field_name).upper()} is {error}") from error

    @classmethod
    def said(cls, error: Mapping[str, Any]) -> str:
        """Return what is wrong with one setting: its variable, its value, and what is expected."""
        context = error.get("ctx", {})
        if "error" in context:
            return str(context["error"])
        name = str(error["loc"][0])
        declared = cls.model_json_schema()["properties"][name]
        expected = context.get("expected") or f"a whole number from {declared['minimum']} to {declared['maximum']}"
        return f"HI_{name.upper()} is {error['input']!r}: expected {expected}"

    def secret(self, name: Literal["postgres_password", "redis_password"]) -> str:
        """Return a password, from its file where one is named; "" where there is none.

        Raises:
            SelectionError: the file cannot be read.
        """
        file: Path | None = getattr(self, f"{name}_file")
        given: SecretStr = getattr(self, name)
        if file is None:
            return given.get_secret_value()
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise SelectionError(f"HI_{name.upper()}_FILE {file}: {error.strerror}") from error

    @property
    def kind(self) -> str:
        """Return sample, mirror or live: the name of the data root."""
        return self.source.partition(":")[0]

    @property
    def mirror(self) -> str:
        """Return the mirror's folder or address; for the sample, the folder that the sample is written to."""
        if self.kind == "sample":
            return str(self.root / "publications")
        return self.source.partition(":")[2]

    @property
    def root(self) -> Path:
        """Return the data root of this kind of source, as an absolute path."""
        return (self.data_dir / self.kind).resolve()

    def place_of(self, path: Path) -> str:
        """Return where a file of the data root lies, in words that stay true of a copied folder."""
        return f"{path.relative_to(self.root.parent).as_posix()} in the data folder (HI_DATA_DIR)"

    @property
    def store_of_kind(self) -> str:
        """Return the address of this kind's part of the object store: synthetic and real never meet."""
        return f"{self.store}/{self.kind}"

    @property
    def local(self) -> Path:
        """Return the folder of a board's own extracts and words, which all kinds of source share."""
        return self.data_dir.resolve() / "local"

    @property
    def extracts(self) -> Path:
        """Return the folder of boards' own extracts: one for mirror and live; the sample has its own, for trials."""
        return self.root / "local" if self.synthetic else self.local

    @property
    def dagster_home(self) -> Path:
        """Return the folder of this kind's Dagster instance."""
        return self.root / "dagster"

    @property
    def synthetic(self) -> bool:
        """Tell whether every output must say SYNTHETIC."""
        return self.kind == "sample"


def _check_service(name: str, address: str, *, encrypted: bool, how: str) -> None:
    """Refuse an address that holds a password, or that would send records over a network that others read."""
    parts = urlsplit(address)
    if parts.password is not None:
        raise ValueError(
            f"{name} holds a password, which would be seen wherever it is told; put it into {name}_PASSWORD"
        )
    if parts.hostname and parts.hostname not in _THIS_MACHINE and not encrypted:
        raise ValueError(f"{name} is on another machine ({parts.hostname}) and not encrypted: {how}")
