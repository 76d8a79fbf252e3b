"""Life expectancy from an abridged life table."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers, quiet, ranks
from hi_pipeline.stats._groups import Groups, group_rows
from hi_pipeline.stats._results import CONFIDENCE, Extra, Reasons, levels, result

START_AGES = np.array([0, 1, *range(5, 95, 5)], dtype=np.float64)
BANDS = len(START_AGES)
FEWEST_PEOPLE = 5000
WIDEST = 20.0


@quiet
def life_expectancy(
    frame: Frame,
    *,
    start_age: str,
    population: str,
    deaths: str,
    by: str | Sequence[str],
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Life expectancy at the start of each of 20 age bands: Chiang's second method, limits by Silcocks.

    Formula: M = D/P; q = n M / (1 + n M (1 - a)), 1 if D > P/n/a and in the open band; l is the number
    of 100,000 births who reach the band; L = n (l_next + a d), in the open band l/M; e = sum L / l.
    Var(e_x) = sum over bands from x of l^2 ((1 - a) n + e_next)^2 q^2 (1 - q)/D, in the open band
    (l/2)^2 4/(D M^2), over l_x^2; limits e -+ z sqrt(Var).

    Symbols: D deaths, P population (person-years), n years of the band (2/M for the open one), a the
    share of the band lived by those who die in it (0.1 under 1, 0.5 elsewhere), d = l q.

    Units: years.

    Shapes: 20 rows a group, starting at 0, 1, 5, 10 ... 90; 20 rows a group come back.

    Args:
        frame: DataFrame or LazyFrame.
        start_age: column of first ages of the bands.
        population: column of populations; deaths and population cover the same years.
        deaths: column of deaths.
        by: group columns, by sex as a rule.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, limits, status, note, method, ``start_age`` (and the caller's own
        name for it), ``population`` and ``deaths`` from that age up. A group is ``missing`` with a null or
        an absent band, ``too_few`` with 5,000 people or fewer or without deaths in the open band,
        ``not_applicable`` with more deaths than people in a band; an age whose 95% interval is wider than
        20 years is ``too_few``.

    Raises:
        StatisticsError: a column is absent or not numeric.

    Example:
        >>> ages = [0, 1, *range(5, 95, 5)]
        >>> table = pl.DataFrame({"age": ages, "people": [100_000] * 20, "deaths": [10_000] * 20})
        >>> found = life_expectancy(table, start_age="age", population="people", deaths="deaths", by=[])
        >>> found.select("start_age", pl.col("value", "lower_95", "upper_95").round(3)).rows()[-2:]
        [(85, 10.0, 9.86, 10.14), (90, 10.0, 9.804, 10.196)]

    Reference:
        Chiang CL. The life table and its construction. In: Introduction to stochastic processes in
        biostatistics. Wiley; 1968. Silcocks PBS, Jenner DA, Reza R. Life expectancy as a summary of
        mortality in a population: statistical considerations and suitability for use by health
        authorities. J Epidemiol Community Health 2001;55:38-43.
    """
    by = names(by)
    columns = {"start_age": start_age, "population": population, "deaths": deaths}
    table = collect(frame, columns=columns, by=by)
    groups = group_rows(table, by)
    age = ranks(table, start_age)
    people = numbers(table, population, role="population")
    died = numbers(table, deaths, role="deaths")
    reasons = Reasons(groups.size)
    _mark(reasons, groups, age, people, died)
    square = _square(groups, age, people, died, reasons.ok)
    value, error = _table(*square)
    spread = Groups(
        keys=groups.keys[np.repeat(np.arange(groups.size), BANDS)] if by else pl.DataFrame(),
        size=groups.size * BANDS,
        starts=groups.starts[:0],
        run_group=groups.run_group[:0],
        rows=0,
    )
    each = Reasons(spread.size)
    each.copy(reasons, np.repeat(np.arange(groups.size), BANDS))
    limits = {}
    for level in levels(confidence):
        reach = _limits.z_score(level) * error
        limits[level] = (value - reach).ravel(), (value + reach).ravel()
    wide = (2 * _limits.z_score(0.95) * error > WIDEST).ravel()
    each.mark(wide, Status.TOO_FEW, "the 95% interval is wider than 20 years: too few deaths for this figure")
    ages = pl.Series(np.tile(START_AGES, groups.size)).cast(pl.Int64)
    extra: Extra = {
        "start_age": ages,
        "population": _upwards(square[0]).ravel(),
        "deaths": _upwards(square[1]).ravel(),
    }
    out = result(spread, each, value=value.ravel(), limits=limits, method=Method.CHIANG, extra=extra)
    return out if start_age in out.columns else out.with_columns(ages.alias(start_age))


def _mark(reasons: Reasons, groups: Groups, age: Floats, people: Floats, died: Floats) -> None:
    absent = np.isnan(age) | np.isnan(people) | np.isnan(died)
    note = "an age, a population or a number of deaths is missing in this group"
    reasons.mark(groups.any(absent), Status.MISSING, note)
    of = groups.row_group()
    known = np.isin(age, START_AGES)
    band = np.searchsorted(START_AGES, np.where(known, age, 0))
    cell = np.bincount((of * BANDS + band)[known], minlength=groups.size * BANDS).reshape(-1, BANDS)
    note = "the life table needs the 20 bands that start at 0, 1, 5, 10 ... 90"
    reasons.mark((cell == 0).any(axis=1), Status.MISSING, f"age bands are absent: {note}")
    wrong = groups.any(~known) | (cell > 1).any(axis=1)
    reasons.mark(wrong, Status.NOT_APPLICABLE, f"impossible input: {note}, each once")
    bad = (people < 0) | (died < 0) | np.isinf(people) | np.isinf(died)
    reasons.mark(groups.any(bad), Status.NOT_APPLICABLE, "impossible input: a negative or infinite number")
    reasons.mark(
        groups.any(died > people), Status.NOT_APPLICABLE, "impossible input: more deaths than people in a band"
    )
    note = "5,000 people or fewer: too few for a life table"
    reasons.mark(groups.total(people) <= FEWEST_PEOPLE, Status.TOO_FEW, note)
    reasons.mark(groups.any(people == 0), Status.NOT_APPLICABLE, "a band has no people, so its death rate is not known")
    nobody = groups.any((age == START_AGES[-1]) & (died == 0))
    reasons.mark(nobody, Status.TOO_FEW, "no deaths in the open band: the life table has no end")


def _square(groups: Groups, age: Floats, people: Floats, died: Floats, ok: np.ndarray) -> tuple[Floats, Floats]:
    """Lay population and deaths out as groups by bands; groups at fault are left as NaN."""
    of = groups.row_group()
    keep = ok[of]
    place = of[keep], np.searchsorted(START_AGES, age[keep])
    population, deaths = np.full((groups.size, BANDS), np.nan), np.full((groups.size, BANDS), np.nan)
    population[place], deaths[place] = people[keep], died[keep]
    return population, deaths


def _table(people: Floats, died: Floats) -> tuple[Floats, Floats]:
    rate = died / people
    years = np.append(np.diff(START_AGES), np.nan) * np.ones_like(rate)
    years[:, -1] = 2 / rate[:, -1]
    lived = np.full(BANDS, 0.5)
    lived[0] = 0.1
    dying = np.where(died <= people / years / lived, years * rate / (1 + years * rate * (1 - lived)), 1.0)
    dying[:, -1] = 1
    reach = 100_000 * np.cumprod(np.hstack([np.ones((len(rate), 1)), 1 - dying[:, :-1]]), axis=1)
    after = np.hstack([reach[:, 1:], np.zeros((len(rate), 1))])
    stay = years * (after + lived * (reach - after))
    stay[:, -1] = reach[:, -1] / rate[:, -1]
    value = np.where(reach > 0, _upwards(stay) / reach, 0.0)
    value = np.where(np.isnan(rate), np.nan, value)
    next_value = np.hstack([value[:, 1:], np.zeros((len(rate), 1))])
    variance = np.where(died == 0, 0.0, dying**2 * (1 - dying) / died)
    parts = variance * reach**2 * ((1 - lived) * years + next_value) ** 2
    parts[:, -1] = reach[:, -1] ** 2 / (died[:, -1] * rate[:, -1] ** 2)
    return value, np.sqrt(_upwards(parts)) / reach


def _upwards(bands: Floats) -> Floats:
    """Sum from each band to the last."""
    return np.cumsum(bands[:, ::-1], axis=1)[:, ::-1]
