"""Whether the files of a data root are those that were written."""

from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.publishing.whole import altered_files


def altered_of(pipeline: Pipeline) -> tuple[str, ...]:
    """Return a line for each built or published file that is not the one that was written."""
    lines = [*pipeline.lake.verify(), *altered_files(pipeline.lake)]
    # The results file can be named twice, by its sidecar and by the data package.
    return tuple({line.split(": ")[0]: line for line in lines}.values())
