"""The dagster.yaml of each profile: where records lie and who executes runs; written once, then the operator's.

No file names a host, a folder or a password: HI_POSTGRES, HI_REDIS and their passwords are read where they are used.
"""

from hi_pipeline.core.profiles import LONGEST_RUN_S, WORKERS, Profile

_HEAD = """\
# Written by hi where there was none, and never changed by it: this file is yours. docs/operators.md says what may be
# set. {where}
telemetry:
  enabled: false
nux:
  enabled: false
python_logs:
  python_log_level: INFO
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
_EMBEDDED = """\
run_storage:
  module: hi_pipeline.orchestration.instance.run_storage
  class: NamingSqliteRunStorage
event_log_storage:
  module: hi_pipeline.orchestration.instance.event_log
  class: BatchedSqliteEventLogStorage
"""
_POSTGRES = """\
run_storage:
  module: hi_pipeline.orchestration.instance.postgres
  class: SettingsRunStorage
event_log_storage:
  module: hi_pipeline.orchestration.instance.postgres
  class: BatchedPostgresEventLogStorage
schedule_storage:
  module: hi_pipeline.orchestration.instance.postgres
  class: SettingsScheduleStorage
"""
_HERE = """\
run_coordinator:
  module: hi_pipeline.orchestration.instance.coordinator
  class: NamingRunCoordinator
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
"""
_LIMIT = """\
  # The process of a run on another machine cannot be seen: what takes longer counts as dead.
  max_runtime_seconds: {longest_run_s}
"""
_ON_CELERY = """\
run_launcher:
  module: hi_pipeline.orchestration.instance.celery_launcher
  class: SettingsCeleryRunLauncher
run_coordinator:
  module: hi_pipeline.orchestration.instance.coordinator
  class: NamingRunCoordinator
  config:
    # Many short runs: the daemon looks for the next ones often.
    dequeue_interval_seconds: 2
concurrency:
  runs:
    # One run a worker: more would wait in Redis, where nobody sees them.
    max_concurrent_runs: {workers}
run_monitoring:
  enabled: true
  poll_interval_seconds: {poll_s}
  # Nothing else tells that a worker was killed: Celery goes on saying that its run is started.
  max_runtime_seconds: {longest_run_s}
  max_resume_run_attempts: 0
run_retries:
  enabled: true
  max_retries: 3
  # What failed because its input is wrong fails again.
  retry_on_asset_or_op_failure: false
"""
_BESIDE = "It names no folder: runs and events lie in history/ beside it, wherever this folder is copied or moved to."
_ELSEWHERE = "Records are on the server that HI_POSTGRES names, with the password in HI_POSTGRES_PASSWORD(_FILE)."
_LONGEST_POLL_S = 60


def dagster_yaml(profile: Profile, *, workers: int = WORKERS, longest_run_s: int = LONGEST_RUN_S) -> str:
    """Return the dagster.yaml of a profile.

    Args:
        profile: with k8s, the file is for hi commands in a pod; the chart writes its own for its services.
        workers: runs at a time, of the profile celery.
        longest_run_s: after which a run counts as dead, of all profiles but embedded.
    """
    if profile == "embedded":
        return _HEAD.format(where=_BESIDE) + _EMBEDDED + _HERE
    if profile in ("postgres", "k8s"):
        return _HEAD.format(where=_ELSEWHERE) + _POSTGRES + _HERE + _LIMIT.format(longest_run_s=longest_run_s)
    poll_s = max(1, min(_LONGEST_POLL_S, longest_run_s // 3))
    on_celery = _ON_CELERY.format(workers=workers, longest_run_s=longest_run_s, poll_s=poll_s)
    return _HEAD.format(where=_ELSEWHERE) + _POSTGRES + on_celery


CHART_VALUES = """\
# Values for Dagster's own chart (dagster/dagster, 1.13.27). Not rendered and not run here: there is no cluster. The
# names of the keys were compared with the chart's own schema (read 2026-11); compare with `helm show values
# dagster/dagster` before the first use.
#   helm install hi dagster/dagster --version 1.13.27 -f values.yaml
# To be made before: the image (deploy/Containerfile with LOCK=requirements-scale.lock, dagster-k8s added to it), the
# secret dagster-postgresql-secret with the key postgresql-password, and a volume claim hi-data that many pods may
# write at once (ReadWriteMany). Its locks have to hold between nodes, as those of NFS 4 do.
# What differs from the other profiles: the chart names Dagster's own event log, so that records are not gathered into
# batches and cells that cannot exist read failed where another cell of their run fails; and Dagster's own web
# interface, which lets everybody do everything: an ingress that asks who comes has to stand before it.
global:
  postgresqlSecretName: dagster-postgresql-secret
generatePostgresqlPasswordSecret: false
telemetry:
  enabled: false
postgresql:
  enabled: false
  postgresqlHost: postgres.example.nhs.uk
  postgresqlUsername: hi
  postgresqlDatabase: dagster
  postgresqlParams:
    sslmode: verify-full
    # Without it the client looks for a file that no image has. For an authority of your own: its file, mounted in each
    # pod.
    sslrootcert: /etc/ssl/certs/ca-certificates.crt
computeLogManager:
  type: NoOpComputeLogManager
dagster-user-deployments:
  enabled: true
  deployments:
    # A service of its own: a new image is rolled out without touching the others.
    - name: hi-pipeline
      image:
        repository: registry.example.nhs.uk/hi_pipeline
        tag: "0.1.0"
        pullPolicy: IfNotPresent
      dagsterApiGrpcArgs: [-m, hi_pipeline.definitions]
      port: 4000
      env: &env
        HI_SOURCE: live
        HI_DATA_DIR: /data
        HI_CONTACT: ""
        DAGSTER_EVENT_BATCH_SIZE: "1000"
      volumes: &volumes
        - name: hi-data
          persistentVolumeClaim: {claimName: hi-data}
      volumeMounts: &mounts
        - name: hi-data
          mountPath: /data
      includeConfigInLaunchedRuns: {enabled: true}
      resources: &resources
        requests: {cpu: 500m, memory: 1Gi}
        limits: {cpu: "1", memory: 3Gi}
      securityContext: &confined
        runAsNonRoot: true
        runAsUser: 10001
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
dagsterWebserver:
  service: {type: ClusterIP, port: 80}
  resources: {requests: {cpu: 200m, memory: 512Mi}, limits: {cpu: "1", memory: 2Gi}}
dagsterDaemon:
  resources: {requests: {cpu: 200m, memory: 512Mi}, limits: {cpu: "1", memory: 2Gi}}
  runCoordinator:
    enabled: true
    type: QueuedRunCoordinator
    config:
      queuedRunCoordinator: {maxConcurrentRuns: {workers}}
  runMonitoring:
    enabled: true
    pollIntervalSeconds: 60
    maxRuntimeSeconds: {longest_run_s}
  runRetries: {enabled: true, maxRetries: 3, retryOnAssetOrOpFailure: false}
runLauncher:
  type: K8sRunLauncher
  config:
    k8sRunLauncher:
      volumes: *volumes
      volumeMounts: *mounts
      resources: *resources
      securityContext: *confined
"""


def chart_values(*, workers: int = WORKERS, longest_run_s: int = LONGEST_RUN_S) -> str:
    """Return values for Dagster's Kubernetes chart: a pod a run, the code a service of its own."""
    return CHART_VALUES.replace("{workers}", str(workers)).replace("{longest_run_s}", str(longest_run_s))
