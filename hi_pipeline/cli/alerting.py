"""hi alert: send what happened since the last time, or a test."""

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.operating.alerts.message import titled
from hi_pipeline.operating.alerts.sending import addresses_of, deliver, read_state


def alert_command(console: Printer, source: str | None, *, test: bool) -> int:
    """Send a round of alerts, or a test message; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        settings = session.settings
        if test:
            deliver(settings, titled("a test", synthetic=settings.synthetic), "Alerts of this data folder arrive here.")
            console.print(f"Sent a test message to {len(addresses_of(settings))} addresses.")
            return 0
        from hi_pipeline.orchestration.alerting import tell_of

        sent = tell_of(session.pipeline, session.instance)
        waiting = len(read_state(settings.root).waiting)
        console.print(f"Sent {sent} messages; {waiting} wait for the end of the quiet hours.")
        return 0

    return said_clearly(command, console)
