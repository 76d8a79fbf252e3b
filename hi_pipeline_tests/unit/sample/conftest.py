"""The sample, written and read once for all tests of this folder."""

import pytest

from hi_pipeline.core.validation import validate
from hi_pipeline.engine.sample_files import write_sample
from hi_pipeline.sources import SOURCES
from hi_pipeline.storage.archives import read_tables
from hi_pipeline_tests.unit.sample.sample_files import Sample


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample") / "publications"
    return Sample(folder, write_sample(folder))


@pytest.fixture(scope="session")
def sample(written: Sample) -> Sample:
    """The sample read by the code that reads live files, every clean table validated by its schema."""
    for source in SOURCES.values():
        for release in source.releases:
            path = written.folder / release.mirror_file
            if not path.is_file():
                continue
            key = (source.name, release.edition)
            written.releases.append((source, release))
            written.raw[key] = read_tables(path, source.layouts[release.layout])
            written.clean[key] = source.parse(written.raw[key], release)
            for name, schema in source.schemas.items():
                if name in written.clean[key]:
                    validate(written.clean[key][name], schema, where=f"sample of {key}, {name}")
    return written
