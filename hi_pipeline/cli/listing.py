"""hi list: the boards, indicators and releases that may be asked for."""

from hi_pipeline.cli.listed import Listed
from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.tables import Column, Format, Sheet, show
from hi_pipeline.core.area_search import when
from hi_pipeline.core.geography import BOARDS, NHS_REGIONS
from hi_pipeline.core.indicator import Polarity
from hi_pipeline.core.source import release_id

_DIRECTION = {
    Polarity.HIGHER_IS_BETTER: "higher is better",
    Polarity.LOWER_IS_BETTER: "lower is better",
    Polarity.NEUTRAL: "neither",
    Polarity.CONTESTED: "contested",
}


def list_command(console: Printer, source: str | None, what: Listed, form: Format) -> int:
    """List what may be asked for; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        sheet = {Listed.BOARDS: _boards, Listed.INDICATORS: _indicators, Listed.RELEASES: _releases}[what](session)
        # The lists are declarations: nothing in them is made up, whatever the source.
        show(console, [sheet], form, synthetic=False)
        return 0

    return said_clearly(command, console)


def _columns(**labels: str) -> list[Column]:
    return [Column(key=key, label=label) for key, label in labels.items()]


def _boards(_: Session) -> Sheet:
    regions = {region.ods: region.name for region in NHS_REGIONS}
    return Sheet(
        name="boards",
        title="Integrated care boards; England and the regions may be asked for too",
        columns=_columns(ons="ONS code", ods="ODS code", name="Board", region="Region", exists="Exists"),
        rows=[[b.ons, b.ods, b.short_name, regions[b.region_ods], when(b)] for b in BOARDS],
    )


def _indicators(session: Session) -> Sheet:
    rows = [
        [i.id, i.title, i.unit.value, _DIRECTION[i.polarity], i.area, i.statement_number]
        for i in session.pipeline.catalogue.indicators
    ]
    columns = _columns(id="Indicator", title="Title", unit="Unit", direction="Direction", area="Area")
    statement = Column(key="statement_number", label="Of the 24", number=True)
    return Sheet(name="indicators", title="Indicators", columns=[*columns, statement], rows=rows)


def _releases(session: Session) -> Sheet:
    rows = [
        [
            release_id(source, release),
            source.title,
            " ".join(release.financial_years),
            str(release.published or ""),
            release.status.value,
            release.address or release.landing_page,
        ]
        for source in session.pipeline.catalogue.sources.values()
        for release in source.releases
    ]
    columns = _columns(
        release="Release", title="Publication", years="Years", published="Published", status="Status", address="Where"
    )
    return Sheet(name="releases", title="Releases", columns=columns, rows=rows)
