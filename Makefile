# The project's habits, one word each:
#
#   make demo     review a sample offline, ask on, restart, ask again: no key needed
#   make test     the linters, then every test
#   make lint     the linters alone
#   make bench    the benchmarks
#   make vsix     the VS Code extension, into dist/
#   make lock     write the lock files anew after a change to dependencies;
#                 `make lock UPGRADE=--upgrade` moves everything to its newest version
#   make clean    remove what these made
#
# Each sets up what it needs, and takes no more than Python 3.10 or newer and make: where there is no
# Node of at least 20.19 for the client, the one in .venv serves. What is set up already
# is not set up again: the stamps in .venv and node_modules say so.

SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
CLIENT := client-vscode
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
MODULES := $(CLIENT)/node_modules/.installed
PACKAGED := dist/.packaged
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null \
	&& command -v $$python && break; done)

# npm is run inside the folder: told of it by --prefix, it would look for its own settings there.
NODE_FITS := $(shell node -e 'const [major, minor] = process.versions.node.split(".").map(Number); \
	process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null \
	&& command -v npm)
ifeq ($(NODE_FITS),)
NODE := $(DEV)
NPM := PATH="$(abspath $(BIN)):$$PATH" npm
else
NODE :=
NPM := npm
endif

# Pyright is in its wheel, whole; without this it asks the network whether there is a newer one.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.PHONY: help demo test lint lint-server lint-client bench vsix editor lock clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^#   //p' Makefile

demo: $(RUNTIME)
	$(BIN)/claude-sidecar demo

# Tests wait for other processes most of the time, so there are more workers than a small machine
# has cores. Pytest comes last, so that the last thing to be seen is its own summary.
test: lint editor
	$(BIN)/python -m pytest -n 4 --dist worksteal $(PYTEST)

lint: lint-server lint-client

lint-server: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright --pythonpath $(BIN)/python

lint-client: $(MODULES)
	cd $(CLIENT) && $(NPM) run --silent check

bench: $(DEV)
	$(BIN)/python -m pytest tests/bench -o python_files="bench_*.py" --benchmark-only --benchmark-quiet \
		--timeout 900 $(PYTEST)

vsix: $(PACKAGED)

# The server comes along as a wheel, with the lock file of what it needs: the extension makes an
# environment of them where there is no server.
SOURCES = $(shell find $(CLIENT) server \( -name node_modules -o -name out -o -name __pycache__ \
	-o -path $(CLIENT)/server \) -prune -o -type f -print)

$(PACKAGED): $(MODULES) $(RUNTIME) $(SOURCES) LICENSE README.md
	mkdir -p dist
	rm -rf $(CLIENT)/server
	$(PIP) wheel --no-build-isolation --no-deps --wheel-dir $(CLIENT)/server .
	cp requirements.lock $(CLIENT)/server/
	cp LICENSE $(CLIENT)/LICENSE
	cd $(CLIENT) && $(NPM) run --silent package
	@touch $@

# What the tests in VS Code need beside the extension; where it cannot be had, it says so.
editor: $(DEV) $(PACKAGED)
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python tests/vscode/install.py

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.10 or newer is needed, and none was found." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(MODULES): $(CLIENT)/package-lock.json | $(NODE)
	cd $(CLIENT) && $(NPM) ci --no-audit --no-fund
	@touch $@

# Both files hold for Python 3.10 and newer on Linux, macOS and Windows; neither names an index.
COMPILE = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.10 \
	--generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" $(UPGRADE)

lock: | $(BIN)/python
	@test -x $(BIN)/uv || $(PIP) install uv
	$(COMPILE) pyproject.toml --group build -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	cd $(CLIENT) && $(NPM) install --package-lock-only --no-audit --no-fund
	cd tests/vscode && $(NPM) install --package-lock-only --no-audit --no-fund

clean:
	rm -rf $(VENV) dist build $(CLIENT)/node_modules $(CLIENT)/out tests/vscode/node_modules \
		.pytest_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks
