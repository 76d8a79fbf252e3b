"""Where Dagster finds the code: the module, or the code server that is named."""

import pytest
from dagster._core.workspace.load_target import GrpcServerTarget, ModuleTarget
from dagster._utils.hosted_user_process import recon_job_from_origin

from hi_pipeline.orchestration.code_location import DEFINITIONS, code_of_job, place_of_job, target_of
from hi_pipeline.orchestration.jobs import JOB_OF


def test_without_a_code_server_each_service_loads_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HI_CODE_SERVER", raising=False)
    assert isinstance(target_of(DEFINITIONS), ModuleTarget)
    place = place_of_job("publish", DEFINITIONS)
    assert place.repository_origin.code_location_origin.location_name == DEFINITIONS


def test_a_code_server_is_asked_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HI_CODE_SERVER", "127.0.0.1:4000")
    target = target_of(DEFINITIONS)
    assert isinstance(target, GrpcServerTarget)
    assert (target.host, target.port) == ("127.0.0.1", 4000)
    assert place_of_job("publish", DEFINITIONS).repository_origin.code_location_origin.location_name.endswith(":4000")


@pytest.mark.parametrize("job", sorted(set(JOB_OF.values())))
def test_a_worker_finds_every_job_of_the_plan(job: str) -> None:
    found = recon_job_from_origin(code_of_job(job, "hi_pipeline_tests.flow.tiny_definitions"))
    assert found.get_definition().name == job
