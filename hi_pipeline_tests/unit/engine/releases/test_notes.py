"""What rows say of their age: a failed release by its name, older code as such, nothing where there is no figure."""

import polars as pl

from hi_pipeline.core.provenance import Provenance
from hi_pipeline.engine.releases.notes import OLDER, STALE, YearNotes, annotated, annotated_others, notes_of_year

YEAR = "2022-23"


class Newer:
    """Knows the newest file of each release."""

    def __init__(self, **now: str) -> None:
        self.now = {name.replace("__", ":"): sha256 for name, sha256 in now.items()}

    def behind(self, known: Provenance, year: str) -> dict[str, str]:
        assert year == YEAR
        return {name: name for name, sha256 in known.kept.items() if self.now.get(name, sha256) != sha256}


def made(code: str = "1", **kept: str) -> Provenance:
    files = {name.replace("__", ":"): sha256 for name, sha256 in kept.items()}
    return Provenance(inputs=(), code_version=code, schema_version="1", releases=tuple(files), kept=files)


def rows(*given: tuple[str, str, float | None]) -> pl.DataFrame:
    schema = {"icb_code": pl.String, "source_releases": pl.String, "value": pl.Float64}
    return pl.DataFrame(given, schema=schema, orient="row").with_columns(note=pl.lit(""), status=pl.lit("ok"))


def notes(newer: Newer, known: dict[str, Provenance], wanted: Provenance) -> YearNotes:
    return notes_of_year(newer, YEAR, known=known, wanted=wanted, revised={})  # type: ignore[arg-type]


def test_only_rows_that_name_the_failed_release_and_have_a_figure_are_stale() -> None:
    cell = made(qof__y="1", iod__2025="1")
    found = notes(Newer(iod__2025="2"), {"E1": cell}, cell)
    frame = rows(("E1", "qof:y", 1.0), ("E1", "iod:2025;qof:y", 2.0), ("E1", "iod:2025;qof:y", None))
    assert annotated(frame, found)["note"].to_list() == ["", STALE.format("iod:2025"), ""]
    assert annotated_others(frame, found)["note"].to_list() == ["", STALE.format("iod:2025"), ""]


def test_rows_that_older_code_made_from_the_same_files_say_so_and_are_not_stale() -> None:
    found = notes(Newer(), {"E1": made("0", qof__y="1"), "E2": made(qof__y="1")}, made(qof__y="1"))
    frame = rows(("E1", "qof:y", 1.0), ("E2", "qof:y", 1.0), ("E1", "qof:y", None))
    assert annotated(frame, found)["note"].to_list() == [OLDER, "", ""]
    assert found.not_current == {"E1"}


def test_a_newer_file_that_holds_the_same_rows_makes_no_figure_stale() -> None:
    """Its cell is left as it is, with the hash of the file before; what it would be made from now tells the new one."""
    found = notes(Newer(qof__y="2"), {"E1": made(qof__y="1")}, made(qof__y="2"))
    assert found == YearNotes()


def test_a_cell_that_lacks_a_release_names_it() -> None:
    found = notes(Newer(), {"E1": made(map__a="1")}, made("2", map__b="1"))
    assert annotated(rows(("E1", "map:a", 1.0)), found)["note"].to_list() == [STALE.format("map:b")]


def test_a_revision_is_told_of_current_rows_and_with_care_of_others() -> None:
    given = YearNotes(older=("E2",), revised={"qof:y": "rests on revised bytes of qof:y, not accepted yet"})
    frame = rows(("E1", "qof:y", 1.0), ("E2", "qof:y", 1.0), ("E1", "iod:2025", 1.0))
    said = annotated(frame, given)["note"].to_list()
    assert said[0] == "rests on revised bytes of qof:y, not accepted yet"
    assert said[1] == f"{OLDER}; rests on qof:y, which its publisher has revised; not accepted yet"
    assert said[2] == ""


def test_a_revision_is_told_by_hidden_figures_too_and_not_by_rows_that_are_not_published() -> None:
    found = YearNotes(revised={"qof:y": "rests on revised bytes"})
    given = rows(("E1", "qof:y", 1.0), ("E1", "qof:y", None), ("E1", "qof:y", None), ("E1", "iod:2025", 1.0))
    frame = given.with_columns(status=pl.Series(["ok", "suppressed", "not_published", "ok"]))
    for noted in (annotated(frame, found), annotated_others(frame, found)):
        assert noted["note"].to_list() == ["rests on revised bytes", "rests on revised bytes", "", ""]
