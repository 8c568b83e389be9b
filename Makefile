# Two commands are all a fresh machine needs: `make run` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.DELETE_ON_ERROR:
.PHONY: setup run test check bench fuzz lint-page screenshots lock

setup: $(VENV)/.ready $(VENV)/.assets

$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	sh tools/pdf-needs $(BIN)
	touch $@

$(VENV)/.assets: $(VENV)/.ready $(shell find web/frontend -type f -not -path '*/node_modules/*')
	sh tools/find-node $(BIN)
	$(BIN)/python -m web.assets
	touch $@

run: setup
	$(BIN)/siklus init
	$(BIN)/siklus demo
	$(BIN)/siklus run --port $(PORT)

test: setup
	sh tools/test-needs
	$(BIN)/python -m pytest --numprocesses 2 $(ARGS)

check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/siklus bench all --json

fuzz: setup
	FUZZ_RUNS=2000 $(BIN)/python -m pytest tests/runtime/test_differential*.py tests/runtime/test_pruned_lives.py tests/runtime/test_random_diagrams.py

lint-page: setup
	$(BIN)/python -m tests.runtime.lint.page

screenshots: setup
	$(BIN)/python docs/screenshots.py

lock:
	uv pip compile --universal --python-version 3.11 --extra dev --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
