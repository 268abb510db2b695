# One sentence per target: `make help`. Needs Python 3.11+, git and make; nothing here needs root.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
STAMPS := var/.stamps

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test test-fast bench lock fonts clean

help: ## Prints this list.
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: $(STAMPS)/python $(STAMPS)/frontend ## Installs what the service needs into .venv and builds the front end.

setup-test: setup $(STAMPS)/python-dev ## Installs what the tests need, too.

run: setup ## Starts the service with demo people on http://127.0.0.1:8000 (PORT=… changes it).
	@PORT=$(PORT) $(BIN)/pingshen run

test: setup-test ## Runs every test, on SQLite and PostgreSQL, in a browser where Chromium is found.
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile $(ARGS)

bench: setup-test ## Runs the benchmarks and writes docs/benchmarks.md.
	@$(BIN)/python -m tests.bench

lock: $(STAMPS)/python-dev ## Pins the dependencies again (requirements*.lock).
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q -U pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 -o requirements-dev.lock
	$(BIN)/uv pip compile -q pyproject.toml --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 -c requirements-dev.lock -o requirements.lock

clean: ## Removes what was built and installed; keeps var/ (your data).
	rm -rf .venv $(STAMPS) app/frontend/node_modules app/static/dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: PYTHON=… make run"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "The venv module is missing; on Debian: apt install python3-venv"; exit 1; }

$(STAMPS)/python: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing Python packages …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/python-dev: requirements-dev.lock $(STAMPS)/python
	@echo "Installing test packages …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/frontend: app/frontend/package-lock.json $(wildcard app/frontend/src/* app/frontend/src/*/* app/frontend/*.mjs) $(STAMPS)/python
	@echo "Building the front end …"
	@PATH="$(CURDIR)/$(BIN):$$PATH" app/frontend/build.sh
	@mkdir -p $(STAMPS) && touch $@
