# What people type. `make run` and `make test` do everything on a machine with python3, its venv module, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Containers often set it; every process would then compile the whole program again, which is most of a start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run install test test-all check bench format lock clean

run: install
	$(BIN)/supportbot run $(if $(SUPPORTBOT_TELEGRAM__TOKEN),,$(if $(shell grep -Es '^token = ".+"' config/settings.toml),,--sandbox))

install: $(VENV)/.run

# Walks mostly wait for one another, so three at a time keep two cores busy; tests/conftest.py puts the longest files first.
test: $(VENV)/.test
	$(BIN)/python -m pytest -m "not long" -n 3 --dist loadfile --no-loadscope-reorder

test-all: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m "not long and not slow and not walk and not browser and not postgres" -n 2 --dist loadfile

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Writes the locked sets anew; needs uv on the path.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --all-extras --group build \
	  --no-emit-index-url --no-header --no-annotate -q -o requirements/run.txt
	uv pip compile pyproject.toml --group build --group test --universal --python-version 3.11 --generate-hashes --all-extras \
	  --no-emit-index-url --no-header --no-annotate -q -c requirements/run.txt -o requirements/test.txt

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Supportbot needs Python 3.11 or newer.")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements/run.txt pyproject.toml
	@echo "Installing what Supportbot needs …"
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	@echo "Installing what the tests need …"
	$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@
