"""The declarations as plain data, for everyone who does not read Python."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hi_pipeline.core.indicator import Beside, Derived, Entry, Indicator, Listed
from hi_pipeline.core.source import Release, Source, release_id

# How an entry is on the list.
_DECLARED = {Indicator: "computed", Derived: "derived", Beside: "beside the results", Listed: "not computed"}


def indicator_entries(indicators: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return each declaration as JSON-ready data, in catalogue order; ``declared`` says how it is on the list."""
    return [
        {"declared": _DECLARED[type(entry)], **{name: _plain(value) for name, value in asdict(entry).items()}}
        for entry in indicators
    ]


def source_entries(
    sources: Sequence[Source],
    used_releases: Sequence[str],
    *,
    revised: Sequence[Mapping[str, Any]],
    accepted: Mapping[str, Mapping[str, str]],
) -> list[dict[str, Any]]:
    """Return each publication with those of its releases that a figure names, and whether one is revised.

    Args:
        sources: the publications.
        used_releases: ids of the releases.
        revised: facts of revisions that nobody has accepted, each with the id of its ``release``.
        accepted: by release id, the sha256, address and date (fetched) of the accepted bytes.
    """
    facts = {found["release"]: {k: v for k, v in found.items() if k != "release"} for found in revised}
    return [
        {
            "name": source.name,
            "title": source.title,
            "publisher": source.publisher,
            "landing_page": source.landing_page,
            "licence": source.licence,
            "licence_url": source.licence_url,
            "attribution": source.attribution,
            "disclosure": source.disclosure,
            "releases": [
                _release(source, release, facts, accepted)
                for release in source.releases
                if release_id(source, release) in used_releases
            ],
        }
        for source in sources
    ]


def _release(
    source: Source, release: Release, revised: Mapping[str, Any], accepted: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    held = accepted.get(release_id(source, release), {})
    return {
        "id": release_id(source, release),
        "edition": release.edition,
        "financial_years": list(release.financial_years),
        "address": held.get("address", release.address),
        "landing_page": release.landing_page,
        "sha256": held.get("sha256", release.sha256),
        "fetched": held.get("fetched"),
        "published": release.published.isoformat() if release.published else None,
        "status": release.status.value,
        "unconfirmed": release.unconfirmed,
        "layout_unverified": list(source.layouts[release.layout].unverified),
        "revised": revised.get(release_id(source, release)),
    }


def _plain(value: Any) -> Any:
    """Turn tuples into lists and infinity into null."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return None if value == float("inf") else value
