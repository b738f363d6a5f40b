# Everything the project needs is installed by these targets into .venv; nothing is installed by hand.
# The first target that you run does that: it downloads about 200 MB, checked against requirements.lock.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check
MAKEFLAGS += --no-print-directory

.PHONY: help demo serve test browser lint check bench faults lock clean
help:            ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The gateway needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 demo")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV); the first time this takes a minute or two ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --root-user-action=ignore --require-hashes -r requirements.lock
	@$(PIP) install --root-user-action=ignore --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(VENV)/.installed   ## a whole case in one minute: fourteen creditors, some of them silent
	@$(BIN)/gateway demo

serve: $(VENV)/.installed  ## web and one worker, on the embedded database, http://127.0.0.1:8080
	@$(BIN)/gateway serve

test: $(VENV)/.installed   ## all tests, including those against real processes; needs no network
	$(BIN)/python -m pytest

# Where the pictures go: make browser SCREENSHOTS=/some/folder
SCREENSHOTS ?= var/screenshots
browser: $(VENV)/.installed  ## the pages in a real browser (needs Chromium); keeps a picture of each
	$(BIN)/python -m pytest tests/browser --screenshots "$(SCREENSHOTS)"

lint: $(VENV)/.installed   ## form, types, import contracts
	$(BIN)/ruff check gateway tests
	$(BIN)/ruff format --check gateway tests
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check: lint test           ## all of the above: what a change must pass

bench: $(VENV)/.installed  ## measured figures, side by side with their floors
	$(BIN)/python -m tests.bench

faults: $(VENV)/.installed  ## tries to break promises: every failpoint, then 20,000 times stopping against sending (some ten minutes)
	EVERY_FAILPOINT=1 $(BIN)/python -m pytest tests/integration/test_failpoints.py
	$(BIN)/python -m tests.faults

lock:                      ## renew requirements.lock (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml -o requirements.lock --no-annotate --no-header

clean:                     ## remove what the targets made; your data folder stays
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
