"""What a deployer sets, by environment: ONEMAP_DATABASE__URL is `database.url` here."""

import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from floodcore.clock import Clock, ScaledClock, SystemClock
from floodcore.clock_file import SteeredClock
from floodcore.course import FASTEST, SLOWEST, is_pace
from floodcore.domain.levels import Level
from floodcore.errors import SettingsError
from floodcore.urls import check_broker_url, check_database_url
from floodcore.wire.senml_time import OLDEST

PREFIX = "ONEMAP_"
OTHERS = frozenset({"ONEMAP_HOME", "ONEMAP_APT_MIRROR", "ONEMAP_SUPERVISED_IN"})  # the front door's own
# The judge looks back ten hours and dispatch six, a dry zero takes three nights; and readings are dropped by the week.
KEPT_AT_LEAST = timedelta(days=7)


class Mode(StrEnum):
    """Whether orders and alerts are meant: only in a live room does an alert leave the machine."""

    LIVE = "live"
    DRILL = "drill"
    REPLAY = "replay"
    SIMULATION = "simulation"


class DatabaseSettings(BaseModel):
    """The memory. `url` is a libpq URL of a role that owns the database."""

    url: SecretStr = SecretStr("")


class MqttSettings(BaseModel):
    """The bus. `url` is mqtt://user:password@host:port, or mqtts://.

    The others are for the embedded broker. It listens on this machine only, unless `host` is an address at which
    devices reach it, too: with TLS where `certificate` (with its chain) and `key` are named, both PEM files.
    """

    url: SecretStr = SecretStr("")
    host: str | None = Field(default=None, pattern=r"^[A-Za-z0-9.:_-]+$")
    port: int | None = Field(default=None, ge=1, le=65_535)
    certificate: Path | None = None
    key: Path | None = Field(default=None, validate_default=True)

    @field_validator("key")
    @classmethod
    def _beside_its_certificate(cls, key: Path | None, others: ValidationInfo) -> Path | None:
        if (key is None) != (others.data.get("certificate") is None):
            raise ValueError("a certificate and its key go together, ONEMAP_MQTT__CERTIFICATE and ONEMAP_MQTT__KEY")
        return key

    @property
    def device_port(self) -> int:
        """Where the embedded broker listens at `host`: MQTT's own ports, unless another is set."""
        return self.port or (8883 if self.certificate else 1883)


class ClockSettings(BaseModel):
    """The room's clock: the system's, unless a scaled one's anchor and start are given, or a steered one's file."""

    anchor: datetime | None = None
    start: datetime | None = None
    speed: float = 1.0
    file: Path | None = None  # people steer the clock while everything runs: see `floodcore.clock_file`

    @field_validator("speed")
    @classmethod
    def _possible(cls, speed: float) -> float:
        if not is_pace(speed):
            raise ValueError(f"a clock runs from {SLOWEST:g} to {FASTEST:g} times as fast as the real one")
        return speed

    @field_validator("file")
    @classmethod
    def _named_from_the_root(cls, file: Path | None) -> Path | None:
        if file is not None and not file.is_absolute():
            raise ValueError("it is named from the root (/...), as services run in folders of their own")
        return file

    def clock(self) -> Clock:
        """The clock that these settings describe.

        Raises:
            SettingsError: They describe half of one or two, or nothing is written in the file.
        """
        if self.file is not None:
            if self.anchor is not None or self.start is not None or self.speed != 1:
                raise SettingsError(
                    "ONEMAP_CLOCK__FILE says all of a steered clock; take ONEMAP_CLOCK__ANCHOR, ONEMAP_CLOCK__START "
                    "and ONEMAP_CLOCK__SPEED away, or the file."
                )
            return SteeredClock(self.file)
        if self.anchor is None and self.start is None:
            if self.speed != 1:
                raise SettingsError(
                    "ONEMAP_CLOCK__SPEED needs ONEMAP_CLOCK__ANCHOR and ONEMAP_CLOCK__START beside it, as the system's "
                    "own clock has its own pace. Set them, or take the speed away."
                )
            return SystemClock()
        if self.anchor is None or self.start is None:
            raise SettingsError("A scaled clock needs both ONEMAP_CLOCK__ANCHOR and ONEMAP_CLOCK__START.")
        return _scaled(self.anchor.astimezone(UTC), self.start.astimezone(UTC), self.speed)


class HttpSettings(BaseModel):
    """Where the API listens."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65_535)


class IngestSettings(BaseModel):
    """One copy, unless `shared`: several then divide the messages among themselves.

    Each copy needs an `instance` name of its own, and the same one after a restart. Mosquitto (2.0) forgets shared
    subscriptions when it restarts: what is published before the copies are back is lost, so several copies are for
    brokers that remember them.
    """

    instance: str = Field(default="1", pattern=r"^[A-Za-z0-9_-]{1,32}$")
    shared: bool = False
    oldest: timedelta = Field(default=OLDEST, gt=timedelta(0))  # what is older goes into quarantine
    spool: Path | None = None  # a folder for what cannot be stored now; by default below ONEMAP_HOME
    spool_mb: int = Field(default=512, ge=1)  # at 300 bytes a message about 1.5 million
    sl651_host: str = "127.0.0.1"
    sl651_port: int | None = Field(default=None, ge=1, le=65_535)  # None: no SL 651-2014 gateway


class RetentionSettings(BaseModel):
    """How long the memory keeps what. What leaves the database has been exported below `archive` before."""

    keep: timedelta | None = None  # readings; None is for ever
    archive: Path | None = None  # a folder; without one nothing is ever dropped

    @field_validator("keep")
    @classmethod
    def _long_enough(cls, keep: timedelta | None) -> timedelta | None:
        if keep is not None and keep < KEPT_AT_LEAST:
            raise ValueError(f"readings are kept for {KEPT_AT_LEAST.days} days at least: they are judged by each other")
        return keep

    @field_validator("archive")
    @classmethod
    def _named_from_the_root(cls, archive: Path | None) -> Path | None:
        if archive is not None and not archive.is_absolute():
            raise ValueError("the archive is named from the root (/...), as services run in folders of their own")
        return archive


class DispatchSettings(BaseModel):
    """How far the room trusts the machine: orders for incidents up to this level go out without a person."""

    auto_confirm_level: Level | None = None

    @field_validator("auto_confirm_level", mode="before")
    @classmethod
    def _by_name(cls, value: object) -> object:
        if isinstance(value, str) and value.upper() in Level.__members__:
            return Level[value.upper()]
        return value or None


class AlertSettings(BaseModel):
    """Channels of the whole room as apprise URLs, separated by blanks; a team may have its own beside.

    `team_urls` is JSON: {"team id": "URLs separated by blanks", ...}.
    """

    urls: SecretStr = SecretStr("")
    team_urls: SecretStr = SecretStr("")


class SceneSettings(BaseModel):
    """What is played, in the words that the wall shows: a drill's scene, a replay's storm.

    `note` says what of it is constructed. The English ones stand in for the Chinese where those alone are missing, and
    the other way round.
    """

    title: str = ""
    title_en: str = ""
    note: str = ""
    note_en: str = ""


class MapSettings(BaseModel):
    """The deployer's own layers: every NAME.geojson and NAME.geojson.gz in the folder `layers`."""

    layers: Path | None = None


class Settings(BaseSettings):
    """Everything that may be set. A secret's value never appears in a log or a message."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="ignore")

    mode: Mode = Mode.LIVE
    title: str = "城区内涝监测一张图"
    ready_file: Path | None = None
    database: DatabaseSettings = DatabaseSettings()
    mqtt: MqttSettings = MqttSettings()
    clock: ClockSettings = ClockSettings()
    http: HttpSettings = HttpSettings()
    ingest: IngestSettings = IngestSettings()
    retention: RetentionSettings = RetentionSettings()
    dispatch: DispatchSettings = DispatchSettings()
    alerts: AlertSettings = AlertSettings()
    scene: SceneSettings = SceneSettings()
    map: MapSettings = MapSettings()

    def database_url(self) -> str:
        """The database's URL.

        Raises:
            SettingsError: It is not set, or cannot be read.
        """
        return _required(self.database.url, "ONEMAP_DATABASE__URL", check_database_url)

    def spool_file(self) -> Path:
        """Where this copy of ingest keeps what cannot be stored now."""
        home = Path(os.environ.get("ONEMAP_HOME", ".onemap"))
        folder = self.ingest.spool or spool_of(home, self.database_url())
        return folder / f"ingest-{self.ingest.instance}.sqlite"

    def mqtt_url(self) -> str:
        """The broker's URL.

        Raises:
            SettingsError: It is not set, or cannot be read.
        """
        return _required(self.mqtt.url, "ONEMAP_MQTT__URL", check_broker_url)


def spool_of(home: Path, database_url: str) -> Path:
    """The folder for what waits to be stored in a database: it belongs to that one and to no other."""
    parts = urlsplit(database_url)
    name = f"{parts.hostname or 'local'}-{parts.port or 5432}-{parts.path.strip('/')}"
    return home / "data" / "spool" / re.sub(r"[^A-Za-z0-9.-]", "_", name)


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: A value cannot be used; the sentence names the variable and never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = PREFIX + "__".join(str(part) for part in first["loc"]).upper()
        is_span = first["type"] == "time_delta_parsing"
        # The prefix is pydantic's word before a sentence of ours.
        fault = "write it like P400D" if is_span else first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name} cannot be used: {fault}; correct it and start again.") from None


def unknown_names(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Variables with our prefix that no setting claims: misspelt, most likely. pydantic would pass over them."""
    known = OTHERS | set(_names(Settings, PREFIX))
    return sorted(name for name in environ if name.upper().startswith(PREFIX) and name.upper() not in known)


def _names(model: type[BaseModel], prefix: str) -> list[str]:
    names: list[str] = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names += _names(kind, f"{prefix}{name.upper()}__")
        else:
            names.append(prefix + name.upper())
    return names


def _scaled(anchor: datetime, start: datetime, speed: float) -> ScaledClock:
    clock = ScaledClock(anchor=anchor, start=start, speed=speed)
    try:
        clock.now()
    except OverflowError:
        raise SettingsError(
            "By ONEMAP_CLOCK__SPEED so much of the room's time has passed since ONEMAP_CLOCK__ANCHOR that no calendar "
            "holds it; set the anchor to the present."
        ) from None
    return clock


def _required(secret: SecretStr, variable: str, check: Callable[[str, str], None]) -> str:
    url = secret.get_secret_value()
    if not url:
        raise SettingsError(f"{variable} is not set; set it, or start the service through bin/onemap, which does.")
    check(url, variable)
    return url
