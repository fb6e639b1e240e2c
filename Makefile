# `make demo` and `make test` need Python 3.11 or newer, make and git; the rest they set up in .venv, once.
SHELL := /bin/sh
.NOTPARALLEL:
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check
READY := $(VENV)/.ready
DEV := $(VENV)/.ready-dev
PEERS := .venv-bench
BENCH := $(PEERS)/.ready
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard asta_cli/locale/*/LC_MESSAGES/asta.po))
ARGS ?=

.PHONY: help install demo test lint types check bench proof messages locale completions constraints clean

help:
	@echo 'make demo    a throw-away chamber, walked through from letter to bulk grant'
	@echo 'make test    all tests, on SQLite and on PostgreSQL (ARGS="-k import" for some)'
	@echo '             with ASTA_TEST_DEPTH=20 before it, twenty times as many examples where tests make them up'
	@echo 'make check   linter, types and tests'
	@echo 'make bench   times and ratios beside bare Python, sqlite-utils, Django and others (ARGS=--quick, --full)'
	@echo 'make proof   kills, full disks, restarts, races, losses of power: whether all of it is there or nothing (ARGS=--quick)'
	@echo 'make install, lint, types, messages, locale, completions, constraints, clean'

install: $(READY)

demo: $(READY)
	@$(MAKE) --no-print-directory locale
	@$(BIN)/asta demo

test: $(DEV) $(CATALOGUES)
	$(BIN)/pytest -n 2 $(ARGS)

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

check: lint types test

bench: $(DEV) $(BENCH) $(CATALOGUES)
	$(BIN)/python -m benchmarks --peers $(PEERS) $(ARGS)

# Bytecode would be written amid the writes that are counted.
proof: $(DEV) $(CATALOGUES)
	PYTHONDONTWRITEBYTECODE=1 $(BIN)/python -m proof $(ARGS)

# After texts have changed: take them over into the catalogues and list what is not translated yet.
messages: $(DEV)
	$(BIN)/python -m scripts.catalogue --left

# After commands or options have changed.
completions: $(DEV)
	$(BIN)/python -m scripts.completions

# The installation compiles the catalogues too; this is for those that changed since.
locale: $(CATALOGUES)

%.mo: %.po
	@$(MAKE) --no-print-directory $(DEV)
	$(BIN)/python hatch_build.py

# Newer versions of everything, within the bounds of pyproject.toml.
constraints:
	rm -rf build/venv
	scripts/venv.sh build/venv $(PYTHON)
	build/venv/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	build/venv/bin/python -m pip freeze --exclude-editable > constraints.txt
	rm -rf build/venv

clean:
	rm -rf $(VENV) $(PEERS) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis $(CATALOGUES)

$(VENV)/pyvenv.cfg:
	scripts/venv.sh $(VENV) $(PYTHON)

$(READY): $(VENV)/pyvenv.cfg pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

$(DEV): $(READY)
	$(PIP) -e '.[dev]'
	@touch $@

# In an environment of their own: what they need must not come between asta and its own needs.
$(BENCH): benchmarks/peers.txt
	scripts/venv.sh $(PEERS) $(PYTHON)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	@touch $@
