"""hi doctor: what works, what fails, and what to do."""

from datetime import date

from hi_pipeline.cli.printing import FAILED, Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.tables import Column, Format, Sheet, show
from hi_pipeline.operating.examined import State
from hi_pipeline.operating.network import examine_network
from hi_pipeline.operating.places import OBJECT_STORE, examine_places


def doctor_command(console: Printer, source: str | None, form: Format, *, port: int) -> int:
    """Look at settings, folders, network, records and services; return the exit code."""

    def command() -> int:
        from hi_pipeline.orchestration.instance.health import examine_records

        session = Session(source, console)
        found = [*examine_places(session.settings)]
        # Without its store a root cannot be opened, and its catalogue is not known.
        if not any(e.what == OBJECT_STORE and e.state is State.FAILS for e in found):
            found += examine_network(session.pipeline, today=date.today())
        found += examine_records(session.settings, port=port)
        names = ("what", "name", "state", "said", "remedy")
        sheet = Sheet(
            name="doctor",
            title=session.title("Doctor"),
            columns=[Column(key=name, label=name.capitalize()) for name in names],
            rows=[[e.what, e.name, e.state.value, e.said, e.remedy] for e in found],
        )
        show(console, [sheet], form, synthetic=session.settings.synthetic)
        return FAILED if any(e.state is State.FAILS for e in found) else 0

    return said_clearly(command, console)
