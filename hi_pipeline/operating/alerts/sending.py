"""Sends messages: once a cause and day, not in quiet hours, and again later what could not be delivered."""

import json
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hi_pipeline.core.errors import FetchError, SelectionError, StoreError
from hi_pipeline.operating.alerts.message import Message
from hi_pipeline.settings import Settings
from hi_pipeline.storage.atomic import write_bytes

FOLDER = "alerts"
_STATE = "state.json"
_LONDON = ZoneInfo("Europe/London")
_REPEAT = timedelta(hours=24)


@dataclass(kw_only=True)
class State:
    """What was told; all times are ISO 8601 in UTC.

    Attributes:
        looked: when failed runs were last looked for, "" before the first time.
        published: sha256 of the results last told of.
        kept: by release, the sha256 behind those.
        runs: failed runs told of since yesterday, by id the time.
        sent: by key of a message, when it was sent.
        repeated: by key, how often it came again and was not sent.
        waiting: messages that are not sent yet, oldest first.
    """

    looked: str = ""
    published: str = ""
    kept: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)
    waiting: list[Message] = field(default_factory=list)


def read_state(root: Path) -> State:
    """Return what was told.

    Raises:
        StoreError: the file is not what this program writes.
    """
    path = root / FOLDER / _STATE
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return State(**(facts | {"waiting": [Message(**m) for m in facts["waiting"]]}))
    except FileNotFoundError:
        return State()
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"{path}: is not what this program writes ({error}); remove it, the next alert begins anew"
        ) from error


def write_state(root: Path, state: State) -> None:
    """Write what was told."""
    write_bytes(root / FOLDER / _STATE, (json.dumps(asdict(state), indent=1, sort_keys=True) + "\n").encode())


def add(state: State, messages: Iterable[Message], *, now: datetime) -> None:
    """Put messages in the queue, but for those whose cause was told of in the last day or waits already."""
    state.sent = {key: at for key, at in state.sent.items() if now - datetime.fromisoformat(at) < _REPEAT}
    for message in messages:
        if message.key in state.sent or any(w.key == message.key for w in state.waiting):
            state.repeated[message.key] = state.repeated.get(message.key, 0) + 1
        else:
            state.waiting.append(message)


def send(settings: Settings, state: State, *, now: datetime) -> int:
    """Send what waits, unless the hours are quiet; return how many went out.

    Raises:
        FetchError: one was not delivered; it and those after it go on waiting.
        SelectionError: an address is none.
    """
    if is_quiet(settings.alert_quiet, now=now):
        return 0
    sent = 0
    while state.waiting:
        message = state.waiting[0]
        again = state.repeated.pop(message.key, 0)
        body = f"{message.body}\n(The same came {again} more times.)" if again else message.body
        deliver(settings, message.title, body)
        state.sent[message.key] = now.isoformat()
        state.waiting.pop(0)
        sent += 1
    return sent


def is_quiet(hours: str, *, now: datetime) -> bool:
    """Tell whether a moment lies in hours such as "22:00-07:00", London time; "" is never."""
    if not hours:
        return False
    start, end = (time.fromisoformat(part) for part in hours.split("-"))
    clock = now.astimezone(_LONDON).time()
    return start <= clock < end if start <= end else clock >= start or clock < end


def deliver(settings: Settings, title: str, body: str) -> None:
    """Send one text to every address.

    Raises:
        SelectionError: as ``addresses_of``, or one is no address.
        FetchError: an address did not take it.
    """
    for number, address in enumerate(addresses_of(settings), start=1):
        # Addresses hold passwords, so that messages count them instead.
        taken = _notified(address, title, body)
        if taken is None:
            raise SelectionError(
                f"address {number} of HI_ALERT_TO is none that apprise knows; expected <service>://..., such as "
                "mailto://..."
            )
        if not taken:
            raise FetchError(
                f"address {number} of HI_ALERT_TO ({address.partition(':')[0]}) did not take the message. "
                "Look at the address, the proxy and the service, then hi alert --test"
            )


def _notified(address: str, title: str, body: str) -> bool | None:
    """Tell whether an address took a text; None where it is no address."""
    with warnings.catch_warnings():
        # Of apprise's many services some import what Python is about to drop (2026-11, apprise 2.3).
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        sender = apprise.Apprise(asset=apprise.AppriseAsset(app_id="hi_pipeline", async_mode=False))
        if not sender.add(address):
            return None
        return bool(sender.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT))


def addresses_of(settings: Settings) -> list[str]:
    """Return the addresses of the setting, or of the file that it names.

    Raises:
        SelectionError: there is none, or the file cannot be read.
    """
    text = settings.alert_to.get_secret_value()
    if settings.alert_to_file:
        try:
            text = f"{text}\n{settings.alert_to_file.read_text(encoding='utf-8')}"
        except OSError as error:
            raise SelectionError(
                f"HI_ALERT_TO_FILE {settings.alert_to_file}: {error.strerror}; name a file to read"
            ) from error
    addresses = text.split()
    if not addresses:
        raise SelectionError("HI_ALERT_TO names nobody: set it to an apprise address, such as mailtos://...")
    return addresses
