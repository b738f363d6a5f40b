# Everything the project needs is installed by these targets into .venv; nothing is installed by hand.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: help demo serve test check bench lock clean
help:            ## this list
	@grep -E '^[a-z]+: .*##|^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The gateway needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 demo")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(VENV)/.installed   ## a whole case in one minute: fourteen creditors, two of them silent
	@$(BIN)/gateway demo

serve: $(VENV)/.installed  ## web and one worker, on the embedded database
	@$(BIN)/gateway serve

test: $(VENV)/.installed   ## all tests, including those against real processes
	$(BIN)/python -m pytest

check: $(VENV)/.installed  ## lint, types, import contracts, tests
	$(BIN)/ruff check gateway tests
	$(BIN)/ruff format --check gateway tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

bench: $(VENV)/.installed  ## measured figures, side by side with their floors
	$(BIN)/python -m tests.bench

lock:                      ## renew requirements.lock (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml -o requirements.lock --no-annotate --no-header

clean:                     ## remove what the targets made
	rm -rf $(VENV) dist
