"""hi prune: remove old runs, events, logs and superseded files that nothing rests on."""

from datetime import UTC, datetime, timedelta

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.operating.superseded import remove, superseded_files

# What the store's lists do not name any more may still be read, or be named again, by somebody who looked before.
_STILL_READ = timedelta(days=1)


def prune_command(console: Printer, source: str | None, *, dry_run: bool) -> int:
    """Remove what may go, or only say what; return the exit code."""

    def command() -> int:
        from hi_pipeline.orchestration.instance.between_runs import last_run
        from hi_pipeline.orchestration.instance.opening import open_home
        from hi_pipeline.orchestration.instance.retention import old_runs, remove_runs

        session = Session(source, console)
        settings, now = session.settings, datetime.now(UTC)
        runs_before = now - timedelta(days=settings.keep_runs_days)
        files = superseded_files(session.store, before=now - timedelta(days=settings.keep_files_days))
        would = "Would remove" if dry_run else "Removed"
        if (settings.dagster_home / "dagster.yaml").is_file():
            instance = open_home(settings.dagster_home)
            try:
                if not dry_run:
                    last_run(instance)
                old = old_runs(instance, before=runs_before)
                if not dry_run:
                    remove_runs(instance, old, before=runs_before)
            finally:
                instance.dispose()
            console.print(
                f"{would} {len(old.run_ids):,} runs older than {settings.keep_runs_days} days with their events, logs "
                f"and ticks ({old.bytes / 1e6:,.1f} MB and their part of the index); {old.kept:,} as old stay, because "
                "they hold the newest record of something."
            )
        if not dry_run:
            remove(session.store, files)
        console.print(
            f"{would} {len(files):,} files that others took the place of, older than {settings.keep_files_days} days "
            f"({sum(f.size for f in files) / 1e6:,.1f} MB)."
        )
        for file in files:
            console.whole_line(f"  {file.path}")
        if settings.store:
            cleared = session.store.clear(before=now - _STILL_READ, dry_run=dry_run)
            console.print(
                f"{would} {cleared.count:,} objects of the store that no list names any more "
                f"({cleared.bytes / 1e6:,.1f} MB)."
            )
        return 0

    return said_clearly(command, console)
