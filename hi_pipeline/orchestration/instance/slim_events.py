"""What the event log keeps of an event: each thing once, and of a cell in its run's own log the headline alone.

With 39,000 records of three events each the log is most of a data root (docs/performance.md says what this saves).
"""

import json
from typing import Any

from dagster import DagsterEventType
from dagster._core.events import ASSET_CHECK_EVENTS
from dagster._core.events.log import EventLogEntry

# What counts as an empty field of an event, and the fields that Dagster does not read as empty where they are not
# there (2026-11, dagster 1.13). What is recorded without a run has an empty job and run.
_ALWAYS_THERE = {"error_info", "user_message", "tags", "pipeline_name", "job_name", "run_id"}
_EMPTY: tuple[Any, ...] = (None, "", [], {})

# What a run's own log keeps of a cell's metadata; a whole record of it takes 3 kB, and stands in the index.
HEADLINE = ("figure", "SYNTHETIC", "reconciled")

Row = dict[str, Any]


def type_of(event: EventLogEntry) -> Any:
    """Return what an event is, None for a line of the log."""
    return event.dagster_event_type if event.is_dagster_event else None


def slim(event: EventLogEntry) -> EventLogEntry:
    """Leave out of an event what it says twice; what the UI shows stays: its kind, step, asset, partition and metadata.

    The message stands twice in each event, and that of a cell's record ("Materialized value indicator a.") only repeats
    kind and asset; records of cells and of checks name their step also as an object and in the tags of the log line;
    the plan of a cell is only counted, by the columns of its row.
    """
    said = event.dagster_event
    if said is None:
        return event
    if said.message and event.user_message == said.message:
        event = event._replace(user_message="")
    if is_planned_cell(event):
        return event._replace(step_key=None, dagster_event=said._replace(message=None, step_key=None))
    if said.event_type is DagsterEventType.STEP_OUTPUT:
        # Its handle stays: a run that goes on from a failure reads it.
        return event._replace(dagster_event=said._replace(logging_tags={}, node_handle=None))
    if said.event_type is DagsterEventType.ASSET_CHECK_EVALUATION or is_made_cell(event):
        message = None if is_made_cell(event) else said.message
        once = said._replace(message=message, logging_tags={}, node_handle=None, step_handle=None, pid=None)
        return event._replace(dagster_event=once)
    return event


def in_brief(event: EventLogEntry, text: str) -> str:
    """Return an event's JSON without spaces and, of cells and checks, without what Dagster reads as empty anyway.

    An eighth of a cell's record would be such fields. Other events keep them: their metadata may hold JSON of its own,
    which that of cells and checks does not.
    """
    shorter = type_of(event) in ASSET_CHECK_EVENTS or is_made_cell(event) or is_planned_cell(event)
    said = json.loads(text, object_pairs_hook=_filled if shorter else None)
    return _compact(said)


def _compact(said: Any) -> str:
    return json.dumps(said, separators=(",", ":"))


def _filled(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value not in _EMPTY or name in _ALWAYS_THERE}


def in_short(event: EventLogEntry, row: Row) -> Row:
    """Return the row of an event in the log of its run: of a cell the headline alone.

    The cell's page shows all of it, from the index. The row of the index is cut, since making its JSON is most of the
    cost of a record.
    """
    if not is_made_cell(event):
        return row
    said = json.loads(row["event"])
    record = said["dagster_event"]["event_specific_data"]["materialization"]
    entries = record.get("metadata_entries", [])
    record["metadata_entries"] = [entry for entry in entries if entry["label"] in HEADLINE]
    record["tags"] = {}
    return row | {"event": _compact(said)}


def is_made_cell(event: EventLogEntry) -> bool:
    """Tell the records of cells."""
    said = event.dagster_event
    made = said is not None and said.event_type is DagsterEventType.ASSET_MATERIALIZATION
    return made and said is not None and "|" in (said.partition or "")


def is_planned_cell(event: EventLogEntry) -> bool:
    """Tell the plans of cells: all who ask for them read the index, and the run's own log would double in size."""
    said = event.dagster_event
    planned = said is not None and said.event_type is DagsterEventType.ASSET_MATERIALIZATION_PLANNED
    return planned and said is not None and "|" in (said.partition or "")
