# The whole of what a newcomer needs: make run, make test, make ui.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run packs test slow scale-test grid-test servers lint ui lock docs clean

run: $(VENV)/.installed
	$(BIN)/hi run

packs: $(VENV)/.installed
	$(BIN)/hi pack --icb QNC --icb QWE --icb QHL --year 2022-23

# Where the variable is set, empty means unset: what is compiled is kept, and no worker or child compiles it anew.
test slow scale-test: export PYTHONDONTWRITEBYTECODE :=

# As many workers as cores and one more (hi_pipeline_tests/conftest.py), at most 4.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m "not slow and not scale"

slow: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m slow

# PostgreSQL, Redis, daemon and two workers on loopback; one worker is killed, the database is stopped.
scale-test: $(VENV)/.installed-dev servers
	$(BIN)/python -m pytest -m "scale and not grid" hi_pipeline_tests/scale

# The same with the sample's whole grid: too long for every change.
grid-test: $(VENV)/.installed-dev servers
	$(BIN)/python -m pytest -m grid -s hi_pipeline_tests/scale

servers:
	ls /usr/lib/postgresql/*/bin/postgres /usr/bin/redis-server >/dev/null 2>&1 || \
		{ apt-get update -qq && apt-get install -y -qq postgresql redis-server openssl >/dev/null; }

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

ui: $(VENV)/.installed
	$(BIN)/hi ui

docs: $(VENV)/.installed-dev
	$(BIN)/python -m docs.generate
	$(BIN)/python -m hi_pipeline_tests.graph.snapshot
	$(BIN)/python -m hi_pipeline_tests.unit.sample.contents

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("hi_pipeline needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

# Needs uv. Keeps dagster and its companions on the one version that pyproject.toml names.
COMPILE := uv pip compile --universal --generate-hashes --no-strip-extras --python-version 3.11 \
	--no-header --no-emit-index-url --no-emit-find-links --quiet
lock:
	$(COMPILE) pyproject.toml requirements.in -o requirements.lock
	$(COMPILE) --extra scale -c requirements.lock pyproject.toml requirements.in -o requirements-scale.lock
	$(COMPILE) --extra dev -c requirements.lock -c requirements-scale.lock pyproject.toml requirements.in -o requirements-dev.lock

clean:
	rm -rf $(VENV)
