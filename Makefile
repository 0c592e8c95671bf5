# `make demo` is all a newcomer needs. Everything runs in .venv, which is made on first use and kept until pyproject.toml changes.
.DEFAULT_GOAL := help
.PHONY: help demo test test-lowest lint types format bench bench-quick sanitize docs site clean

VENV := .venv
LOWEST := .venv-lowest
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PINNED := pyproject.toml constraints.txt
PYTEST_ARGS ?=
# taplo says what it looks at unless it is told not to.
export RUST_LOG := warn
BENCH_ARGS ?=
# The first interpreter that is new enough; each is run, because a name on the path may be an empty shim.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$name; break; fi; done)

help:
	@echo "make demo    two published cases, from question to ranked diagnoses"
	@echo "make test    the tests (PYTEST_ARGS='-m \"\"' adds the slow ones)"
	@echo "make test-lowest  the same with the oldest versions that pyproject.toml admits"
	@echo "make lint    ruff, mypy, spelling, TOML, import contract"
	@echo "make format  let ruff and taplo format the files"
	@echo "make bench   speed beside pgmpy and pyAgrum"
	@echo "make fuzz    a million random inputs: only errors of our own (FUZZ_ARGS='--count 1000 --only files')"
	@echo "make bench-quick  the main rows in about two minutes"
	@echo "make sanitize  the compiled kernel under the address and undefined-behaviour sanitisers"
	@echo "make docs    the documentation, in build/docs"
	@echo "make site    the same in build/site, to be published: documentation, explorers, lessons, quizzes; opens without a server"
	@echo "make clean   remove .venv and everything built"

demo: $(VENV)/.installed
	@$(BIN)/bayesnet demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

# Every direct dependency at its lower bound, what those bring along as new as they allow; that the old use the new in ways that are
# deprecated is not ours to mend.
test-lowest: $(LOWEST)/.installed
	$(LOWEST)/bin/python -m pytest -n auto -W ignore::DeprecationWarning -W ignore::FutureWarning $(PYTEST_ARGS)

lint: $(VENV)/.installed-dev
	@status=0; for check in "ruff check ." "ruff format --check ." mypy codespell "taplo fmt --check" "lint-imports --no-cache"; do \
		echo "$$check"; $(BIN)/$$check || status=1; done; \
	$(MAKE) --no-print-directory lint-js || status=1; exit $$status

types: $(VENV)/.installed-dev
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(BIN)/taplo fmt

bench: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

bench-quick: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks --quick

sanitize: $(VENV)/.installed-dev
	$(BIN)/python tests/sanitized.py

# The same pages under two names: to look at, and to publish.
docs site: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html -c docs -d build/doctrees . build/$@
	@echo "Open build/$@/index.html"

clean:
	rm -rf $(VENV) $(LOWEST) build docs/reference/objects dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "bayesnet needs Python 3.11 or newer; found: $$(python3 --version 2>/dev/null || echo none)." >&2; \
		echo "Install one and try again, or name it: make demo PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi
	@echo "Making $(VENV) with $$($(PYTHON) --version); the first time takes a minute or two."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.pip: | $(BIN)/python
	@$(PIP) install --quiet --quiet --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.installed: $(PINNED) | $(VENV)/.pip
	@$(PIP) install --quiet --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(PINNED) | $(VENV)/.pip
	@$(PIP) install --quiet --quiet --constraint constraints.txt --editable ".[explore,cohort]" --group dev
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: $(VENV)/.installed-dev
	@$(PIP) install --quiet --quiet --constraint constraints.txt --group bench
	@touch $@

$(VENV)/.installed-docs: $(PINNED) | $(VENV)/.pip
	@$(PIP) install --quiet --quiet --constraint constraints.txt --editable . --group docs
	@touch $@ $(VENV)/.installed

$(LOWEST)/.installed: pyproject.toml .ci/lowest.py | $(BIN)/python
	@$(BIN)/python -m venv $(LOWEST)
	@$(BIN)/python .ci/lowest.py >$(LOWEST)/constraints.txt
	@$(LOWEST)/bin/python -m pip --disable-pip-version-check --no-input install --quiet --quiet --upgrade "pip>=25.1"
	@$(LOWEST)/bin/python -m pip --disable-pip-version-check --no-input install --quiet --quiet \
		--constraint $(LOWEST)/constraints.txt --editable ".[explore,cohort]" --group test
	@touch $@

# JavaScript: prettier and the type checker, where there is npm; the package itself needs neither.
.PHONY: lint-js format-js clean-js
lint-js:
	@if ! command -v npm >/dev/null; then echo "No npm on the path: the JavaScript of the page is not checked."; exit 0; fi; \
	$(MAKE) --no-print-directory node_modules/.installed && echo "prettier, tsc" && npm run --silent lint

format-js: node_modules/.installed
	@npm run --silent format

node_modules/.installed: package.json
	@npm install --no-package-lock --ignore-scripts --no-audit --no-fund --silent
	@touch $@

clean: clean-js
clean-js:
	rm -rf node_modules

.PHONY: fuzz
FUZZ_ARGS ?= --count 1000000
fuzz: $(VENV)/.installed-dev
	PYTHONPATH=tests $(BIN)/python tests/fuzzing.py $(FUZZ_ARGS)
