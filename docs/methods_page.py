"""The page docs/methods.md, made from the public docstrings of the statistics."""

import inspect
import re
import textwrap
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import polars as pl

from hi_pipeline.stats import (
    clusters,
    comparison,
    inequality,
    life_expectancy,
    outliers,
    proportions,
    quantiles,
    rates,
    standardisation,
    suppression,
    unknown,
)

ROOMS: tuple[ModuleType, ...] = (
    proportions,
    rates,
    clusters,
    standardisation,
    inequality,
    quantiles,
    life_expectancy,
    comparison,
    suppression,
    unknown,
    outliers,
)
LISTS = ("Args", "Returns", "Raises", "Reference", "Example")
HEADS = "|".join(("Formula", "Symbols", "Limits", "Direction", "Verdict", "Units", "Shapes", *LISTS))

OPENING = """\
# Methods

Written by `make docs` from the docstrings of `hi_pipeline.stats`; a test keeps it current.
Edit the docstrings, not this page. Every example is also a test.

Every function takes a polars DataFrame or LazyFrame and column names, by keyword, works on all groups of
`by` at once and returns one row a group, sorted by the group columns: these, `value`, `lower_95`,
`upper_95`, `lower_998`, `upper_998`, `status`, `note`, `method`, and what the function adds. `confidence`
takes other levels; the names of the limits follow it (0.99 gives `lower_99`).

| status | what it says of a group |
|---|---|
| `ok` | the figure stands |
| `missing` | a count, value, rank or stratum that the figure needs is not there; null and NaN alike, never zero |
| `too_few` | too few events, people or points for the method |
| `suppressed` | a publisher hides a count; bounds are given where they are known |
| `not_applicable` | impossible input, or a figure that is not defined for it; the note says which |

The caller's frame is never changed, nothing is drawn at random, one group at fault leaves the others as they
are, and an input that no group could satisfy (a column absent or of another type) raises `StatisticsError`.

## How a published figure is judged

**Figures by practice fifth** (QOF, A&E). Practices differ by far more than patients drawn at random: the
dispersion of practices within board and fifth is 26 for A&E, 93 for hypertension, 42 for diabetes. Limits
come from the variance between the practices of the fifth (`stats.clusters`), on the log scale for rates and
the logit scale for shares; gap, ratio, SII and RII follow from them. The rounding of practices' counts lies
in that variance and widens no more; a hidden practice stands as far away as its bounds allow. A fifth of one
to four practices has its value, no limits and no comparison; a board with such a fifth has no SII and RII,
with such an end no gap and ratio.

**Gap and ratio** come from the figures of the two groups and their limits (`inequality.absolute_gap`,
`end_ratio`), as SII and RII do, so that the headline value and all that widens its limits enter. A gap has no
word where both ends lie above, or both below, the comparator's: the levels differ before the gaps do.

**One printed figure less another** (type 2 less type 1 diabetes). Value and limits come from the two figures and
their limits as they are printed (`change_of_estimates`, MOVER). Of Wilson's limits these are Newcombe's: 55.0% of
10,000 less 38.0% of 1,000 is 17.0 points, with limits 13.8 to 20.1.

**Life expectancy by decile.** The slope is a straight line through the years of the deciles, not through their logs:
ten deciles two years apart, each with limits of one year on either side, have a slope of 20.0 years. Deciles weigh a
tenth each, as they are tenths of small areas, whose people are about as many; the publisher weighs by people. The
range between the highest and the lowest authority is no more than that: it grows with the number of authorities and
with chance, and has no limits.

**Three years together** stand in the financial year that begins in the last of them (2021 to 2023 in 2023-24).

**Crude prevalence and age.** Prevalence of hypertension, atrial fibrillation, coronary heart disease, stroke,
COPD, diabetes and dementia rises with age, and deprived practices are younger: gaps mix the two. They have no
word, and each row says so. They can be adjusted once lists by practice and age are read.

**The comparator** of a board, region or authority is all boards together, group by group: England as
published also holds events of no practice and of no board (A&E 762.6 against 750.3 per 1,000; detentions 88.3
against 86.8 per 100,000). Where a board has no figure the sum cannot be made, and England's own row stands
in; so too where the sum would take hidden counts at a rate, while England's counts are exact and lie within what
the sum leaves open (tooth extractions of 2019-20: 402.0 of all boards, 388.0 as published). `comparator` names
which. `comparators.parquet` holds the figures of all boards with their counts.
`comparisons.parquet` sets each board beside England, its region and the five most similar
boards.

**Similar boards.** One list a footprint. Inputs, as shares of residents: in small areas (LSOAs) of the two
most deprived deciles (Indices of 2025, Census 2021 residents), other than White British (Census 2021), aged
65 and over (newest mid-year of the ONS workbook). Each is standardised among the boards of the footprint; the
distance is the root of the sum of squared differences. Names, inputs and distances stand in `similar_boards.parquet`
and `.csv`; a pack names the five. A board without an input (three of April 2026) is not computed. The five are taken
together, weighted by their denominators.

**Small areas and pockets.** `small_areas.parquet` has one row for each LSOA of the 2021 census: its board on every
footprint (ONS lookups), its authority (lower tier of 2022, by the exact lookup of LSOAs), people on the newest list
of patients and residents of Census 2021, the national fifth (Indices of 2025) and the fifth within its board (by
national rank, OHID's rule), broad ethnic groups, and households in fuel poverty. `pockets.parquet` lists pockets of
deprivation: LSOAs of the two most deprived tenths with at least 1,000 residents whose authority is among the two
least deprived fifths of England's authorities, or whose board is among those of its footprint's boards. An area's
average is the mean national rank of its LSOAs, weighted by residents. The rule is ours. Pockets are ranked within
their board by national rank, from the most deprived on. A list by LSOAs of 2011 is shared out by residents.

**Coverage.** `coverage` is the share of the expected reporters (practices, locations) with a figure,
`people_share` that of their registered patients where known. A figure that not all reporters are in says so
("71 of 143 practices, 48.9% of patients are in this figure"; a printed row of England may hold more than those
that have a figure of their own, and its note says so). Below 90% (of people, else of reporters) it is
not compared, and the check `reporters` lists it. A measure between groups is as whole as the least of the groups
that go into it: a gap or ratio by deprivation of its two ends, SII, RII and disproportionality of all groups, a
difference or ratio by ethnicity of the group and the reference group. Its note names the group that lacks most.

**Which practices are expected.** Those of the map nearest to the year, and those that it lacks although other maps and
lists of patients show them open on its day: in one of that month or before, and in one of that month or after, with
1,000 patients or more on the list nearest to that day. Lists are the last one before and the first one after. Where
nothing in hand is later (or earlier) than the map, the list nearest to it says it alone, if it is of the financial
year; where there is no list, the map. So a file that lacks half of a board's practices and lacks them in its own map
too says "71 of 142 practices", and a practice that closed or opened is not missed. Smaller ones are services for
homeless or violent patients, which QOF does not ask. 2026-11: QOF lacks three such practices in 2020-21 (the largest
Willesden Medical Centre, 14,031 patients) and four in 2022-23, each named in the notes of `practice_areas`.

Nothing is compared with a figure of less than 90% of its own reporters or people either: all boards together, a region,
England, the similar boards. A printed row of England may hold reporters that have no figure of their own, but nobody
can show that it does, so that it is held to those that have one (health checks of 2019-20: 161 of 191 CCGs, so that no
board has a word in that year).

**Single units.** The check `single_units` measures practices, sub-ICB locations, providers, authorities and small areas
against the others of their file (`outliers.distance_from_others`; `distance_of_values` where only the figure is
printed) and lists those more than 6 out, or 4 out where the board's figure changes by 1% or more without them, those
that move their board most first. The weight is that in the board that a unit lies in; providers, and authorities in
several boards, have none. Counts without a population, figures that are not made of single units, and files of fewer
than 10 are not judged, and the check names them.

**Hidden and rounded counts.** `figure_low` and `figure_high` are what rounding and hiding leave open, of
suppressed figures too, which are compared where the whole range lies on one side. A hidden deduction that is
no wider than the rounding of what it is taken from stands at the middle of its bounds. In a sum a hidden
count stands where the rate of the known parts puts it, within its bounds. A hidden numerator is never more
than its denominator.

**The headline.** `value` is ours where it lies within the publisher's own rounding (`published_rounding`,
half a unit of the last printed digit), else the publisher's; `method` then begins with "published".
`computed_value` is always from the counts. Where the publisher prints a share, limits are Wilson's at the
smallest and the largest figure that are left open, on the smallest denominator; the headline is one of them, also
where rounded counts leave only a part of the printed figure's own rounding open (54% printed, 54.2% to 54.5% open).
Simulated at shares of 0.3 to
0.7 and 30 to 2,000 courses they hold the truth 95 to 98% of the time. Limits of a rate are scaled to its
headline.

**Not a group.** People whose group is unknown, not stated or indeterminate are not compared, in no gap, and
counted in `unknown_share`. Where events are divided by residents they have no rate.

**Contested direction.** Fewer detentions, or fewer A&E attendances of young children, may mean worse access
or a missing submitter. Both read lower, similar and higher, and their gap is positive where the most deprived
are higher.

**Indices of Deprivation.** `imd_vintage` is what the publication states of its own groups, edition by
edition, empty where it states nothing (Talking Therapies); of groups that this project forms it is the
edition used.

**Disproportionality** of long waits is the share of deciles 1 and 2 among pathways of more than 52 weeks, over
their share of all pathways (`inequality.disproportionality`); 1 is fair. The formula is this project's, as
NHS England's is not known. All ten deciles must have their counts: one that is empty or hidden is named, and
never replaced by its neighbour. Limits are the outermost over what rounding leaves open.

**Months and quarters.** A year with fewer than its 12 months, or 4 quarters, is missing. Each period stands by
itself under dimension `period`, with its own dates.

**To compute a figure again.** Counts and denominators with their bounds, `units` and `between_variance` stand
in each row; shares, ridits and weights behind each SII and RII in `slopes.parquet`.

## Change, targets and what is not known

**Pace** (`pace.parquet`). Each figure is set beside the last earlier year that it can be compared with: one whose
period is over when this one begins, and of snapshots one of the same month. Of a waiting list the newest snapshot
stands for each year, March once the year is over; so the year that runs has a pace only where the year before stands
at the same month, and the row says which months the two are of (`start_period_end`, `period_end`). A count,
share or rate changes by ratio, later over earlier; each group's change is divided by that of the other groups of
the breakdown together (`comparison.pace`), and the verdict is `equal_pace`, `faster`, `slower` or `cannot_tell`.
Limits of the figures carry rounding and the differences between practices into it. A count that is rounded to 5
and below 100 is not judged. Measures between groups change by difference, ratios by ratio, and are `narrowed`,
`widened`, `reversed` or `cannot_tell`; `p_one_sided` of an SII or ratio tests "no increase", of a gap "at least
as much in the most deprived as in the least". Of the verdicts on groups that truly keep pace one in twenty is
wrong by chance: a single one among many proves little.

Simulated, 2,000 draws at an equal pace, five groups, the smallest (1,500 people) and the largest (12,000):

| figures | called unequal | limits hold 1 |
|---|---|---|
| shares | 4.5%, 5.6% | 95.5%, 94.4% |
| shares of counts rounded to 5 | 1.8%, 3.6% | 98.2%, 96.4% |
| rates | 3.9%, 4.9% | 96.1%, 95.2% |
| counts rounded to 5 | 3.4%, 3.8% | 96.7%, 96.2% |
| 30 practices a fifth, drawn anew each year | 6.2%, 5.5% | 93.8%, 94.5% |
| the same practices in both years | 0.0%, 0.0% | 100.0%, 100.0% |

The last line is why pace by practice fifth is cautious: what lasts of a practice cancels out of its change, and
published counts do not say how much of it lasts.

Simulated so too, ten groups of 2,000 people or five of 30 practices, whose inequality does not change: how often
the one-sided test at 5% says that it rose.

| figures | SII | gap | ratio |
|---|---|---|---|
| ten groups | 5.2% | 5.2% | 5.0% |
| ten groups, counts rounded to 5 | 4.3% | 3.8% | 4.0% |
| overdispersed practices | 5.7% | 5.4% | 5.2% |

**Power.** Share of draws in which a group of which 40% have the event, beside a rest nine times its size, is
called faster or slower, by its people and by the true pace. A pace within 5% of the rest's counts as equal, so
that large groups are called so.

| people | 1.02 | 1.05 | 1.10 | 1.20 |
|---|---|---|---|---|
| 500 | 6% | 10% | 24% | 68% |
| 2,000 | 7% | 24% | 70% | 100% |
| 10,000 | 19% | 79% | 100% | 100% |
| 50,000 | 3% | 98% | 100% | 100% |
| 200,000 | 0% | 97% | 100% | 100% |

**What ends a series.** Another publication or definition, other Indices of Deprivation, another list of ethnic
groups, a period of another kind, length or month, fewer than 90% of the reporters in a year, and another
boundary: figures on the footprint in force follow that footprint; figures on their year's footprint follow the
ONS code, which changes with the boundary. Where the publisher states no Indices (Talking Therapies) a change of
them cannot be seen, and the row says so.

**Trends** (`trends.parquet`). The newest unbroken part of each series, five years in a row or more
(`comparison.trend`, no transformation, so that the change is in the unit of the figure). Ratios have none, nor have
periods of three years, which overlap from one year to the next. Simulated, 2,000 draws of five years of 1,000
courses at 45%: with no change 3.5% are called rising or falling; with one point a year 45.4% are called rising. The
limits hold the true change in 96.5% and 95.5%.

**Targets** (`targets.parquet`). A level is `met` or `not_met` where the 95% limits of a share or rate lie on one
side of it, else `cannot_tell`; a count is judged by what rounding leaves open, and "none" is met by a count of 0
alone. `reached` tells what the figure itself says. A figure of a period that ends before the day is
`not_yet_due`. A target for every group is judged group by group; the row of all groups is `not_met` where one
is not. Where the figure counts people whom the target leaves out, it can meet the target and never miss it for
certain. Aims at a change are judged by the pace. `recalled` marks targets that nobody read in a publication.
Example: 491 of 1,000 courses recover, and the target is 50%. The limits are 46.0% to 52.2%, so it cannot be told;
469 or fewer do not meet it, 531 or more do. Simulated, 2,000 draws of 1,000 courses, a target of at least 50%:

| true share | met | not met | cannot tell |
|---|---|---|---|
| 50% | 2.5% | 3.4% | 94.1% |
| 50%, counts rounded to 5 | 2.1% | 2.5% | 95.5% |
| 49% | 0.4% | 9.8% | 89.8% |
| 45% | 0.0% | 90.5% | 9.6% |
| 55% | 90.5% | 0.0% | 9.6% |

**Completeness** (`completeness.parquet`). For each publication, area, year and breakdown the share of records
whose group is not known, with what rounding leaves open, beside England's and those of three years before. Example:
50 of 1,000 records are of unknown ethnic group, both rounded to 5: 5.0%, between 4.8% (48 of 1,002) and 5.2% (52 of
998). A publication that prints no such records says so and has no share.

**Unknown ethnicity** (`bounds.parquet`). The worst case of a difference or ratio (`unknown.worst_case`) gives
all unknown events to one group and all unknown records without the event to the other, both ways; no allocation
lies outside it: in 2,000 draws in which ethnicity is lost more often, as often or less often where the event
happened, the truth of every draw lies within, and the limits hold the rates behind it in 95% or more. With nothing
unknown it is the figure itself. Rates give events alone, as residents are known. Example: A 50 of 100, B 50 of
100, unknown 20 of 40. At most A has 70 of 120 and B 50 of 120: +16.7 percentage points, ratio 1.40; at least -16.7
and 0.71.
Scenarios (`unknown.scenarios`) suppose where the unknown belong: all to the group, all to the reference, or to
all groups in proportion to their known records.
"""


def public_functions(room: ModuleType) -> list[Callable[..., object]]:
    """List the functions over frames that a module offers, in the order of its file, or a package's, by name."""
    if not hasattr(room, "__path__"):
        return sorted(_offered(room), key=lambda m: inspect.unwrap(m).__code__.co_firstlineno)
    names = [m.name for m in iter_modules(room.__path__) if not m.name.startswith("_")]
    modules = [import_module(f"{room.__name__}.{name}") for name in names]
    return sorted((f for module in modules for f in _offered(module)), key=lambda f: f.__name__)


def _offered(module: ModuleType) -> list[Callable[..., object]]:
    members = [m for _, m in inspect.getmembers(module, inspect.isfunction)]
    own = [m for m in members if m.__module__ == module.__name__ and not m.__name__.startswith("_")]
    return [m for m in own if m.__annotations__.get("frame") or m.__annotations__.get("return") is pl.DataFrame]


def methods_page() -> str:
    """Write the page."""
    parts = [OPENING]
    for room in ROOMS:
        name = _short(room.__name__)
        parts.append(f"## {name}\n\n{inspect.getdoc(room)}\n")
        for function in public_functions(room):
            parts.append(_section(name, function))
    return "\n".join(parts)


def _short(module: str) -> str:
    return module.removeprefix("hi_pipeline.")


def _section(room: str, function: Callable[..., object]) -> str:
    signature = ", ".join(
        str(parameter).split(":")[0].split("=")[0] + _default(parameter)
        for parameter in inspect.signature(function).parameters.values()
    )
    signature = signature.replace("frame, ", "frame, *, ", 1) if signature.startswith("frame") else f"*, {signature}"
    name = f"{_short(function.__module__)}.{function.__name__}"
    call = textwrap.fill(f"{name}({signature})", 100, subsequent_indent="    ")
    return f"### {room.removeprefix('stats.')}.{function.__name__}\n\n```python\n{call}\n```\n\n{_body(function)}\n"


def _default(parameter: inspect.Parameter) -> str:
    return "" if parameter.default is inspect.Parameter.empty else f"={parameter.default!r}"


def _body(function: Callable[..., object]) -> str:
    text = (inspect.getdoc(function) or "").replace("``", "`")
    out: list[str] = []
    for block in re.split(rf"\n(?=(?:{HEADS})\b[^\n]*:)", text):
        head = re.match(rf"({HEADS})\b([^\n:]*):[ \n]?", block)
        out.append(block.strip() if head is None else _block(head.group(1) + head.group(2), block[head.end() :]))
    return "\n\n".join(out)


def _block(head: str, body: str) -> str:
    body = textwrap.dedent(body).strip("\n")
    if head == "Example":
        return f"**Example.**\n\n```python\n{body}\n```"
    if head == "Args":
        entries = re.sub(r"\n {4,}", " ", body).split("\n")
        return "**Args.**\n\n" + "\n".join(f"- `{name}`: {text}" for name, text in (e.split(": ", 1) for e in entries))
    return f"**{head}.** {body.strip()}"
