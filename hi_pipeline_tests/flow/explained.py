"""What hi explain prints of a figure, read back: its lines, its sections and the cells behind it."""

import io
import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from hi_pipeline.cli.explaining_figure import WIDTH, explain_figure
from hi_pipeline.cli.printing import Printer
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.tables import Format
from hi_pipeline_tests.flow.limits_again import NUMBER

COUNT = re.compile(rf"^  (numerator|denominator) = ({NUMBER}|none)(?:, between ({NUMBER}|none) and ({NUMBER}|none))?$")


@dataclass
class Explained:
    """What was printed of one figure."""

    row: dict[str, Any]
    lines: list[str]
    cells: pl.DataFrame

    def section(self, title: str) -> list[str]:
        start = next(i for i, line in enumerate(self.lines) if line.startswith(title))
        rest = self.lines[start + 1 :]
        return rest[: next((i for i, line in enumerate(rest) if not line), len(rest))]

    def counts(self, category: str) -> dict[str, float | None]:
        found = (COUNT.match(line) for line in self.section(f"Counts: {self.dimension(category)}, {category}"))
        return {match[1]: as_number(match[2]) for match in found if match}

    def dimension(self, category: str) -> str:
        title = next(x for x in self.lines if x.startswith("Counts: ") and x.endswith(f", {category}"))
        return title.removeprefix("Counts: ").partition(",")[0]

    @property
    def categories(self) -> list[str]:
        return [line.partition(", ")[2] for line in self.lines if line.startswith("Counts: ")]


def as_number(text: str | None) -> float | None:
    return None if text in (None, "none") else float(str(text).replace(",", ""))


def joined(text: str) -> list[str]:
    """Undo the breaking of lines."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("      ") and not line.startswith("        = "):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return lines


def explained(session: Session, row: dict[str, Any]) -> Explained:
    texts = []
    for full in (False, True):
        session.console = Printer(file=io.StringIO(), width=80)
        assert explain_figure(session, row, full=full, form=Format.TABLE) == 0, session.console.file.getvalue()  # type: ignore[attr-defined]
        texts.append(session.console.file.getvalue())  # type: ignore[attr-defined]
    for line in texts[0].splitlines():
        assert len(line) <= WIDTH or " " not in line.strip(), f"broken nowhere and too long: {line!r}"
        assert "..." not in line
    cells = pl.read_csv(io.StringIO(texts[1]), infer_schema=False)
    return Explained(row=row, lines=joined(texts[0]), cells=cells)
