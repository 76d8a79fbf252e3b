"""Whether the files of a data root are those that were written."""

from hi_pipeline.publishing.whole import altered_files, packaged_tables
from hi_pipeline.storage.lake import Lake


def altered_of(lake: Lake) -> tuple[str, ...]:
    """Return a line for each built or published file that is not the one that was written."""
    lines = [*lake.verify(vouched=packaged_tables(lake)), *altered_files(lake)]
    # The results file can be named twice, by its sidecar and by the data package.
    return tuple({line.split(": ")[0]: line for line in lines}.values())
