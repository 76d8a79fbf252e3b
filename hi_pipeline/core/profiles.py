"""The kinds of installation, and what they start with."""

from typing import Literal

Profile = Literal["embedded", "postgres", "celery", "k8s"]
# Unless told otherwise: how many runs go on at a time on workers, and after how many seconds a run counts as dead.
WORKERS, LONGEST_RUN_S = 2, 3600
