# All that a stranger needs: make, and Python 3.11, 3.12 or 3.13.
# What is installed is what requirements.lock names, checked by hash, into .venv and nowhere else.

VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# The first of these that truly runs, is new enough and can make an environment.
PYTHONS := python3.13 python3.12 python3.11 python3 python
SUITABLE := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

# One set of versions for every supported Python and system.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --custom-compile-command "make lock" $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help demo stack test lint bench docs lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/runtime ## open the sample incident in the cockpit
	@$(BIN)/cockpit demo

stack: $(VENV)/development ## run the lab's service, Prometheus and Alertmanager; OPTIONS="--rate 10"
	@$(BIN)/python sample_data/lab/stack.py $(OPTIONS)

test: $(VENV)/development ## run all tests (some minutes)
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile

lint: $(VENV)/development ## check style, types and which room imports which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/development $(PEERS)/installed ## measure what docs/performance.md tells
	$(BIN)/python -m bench

docs: $(VENV)/development ## write the parts of README.md and docs/ that follow from the code
	$(BIN)/python -m docs.make

lock: $(VENV)/development ## write the lock files from pyproject.toml; UPGRADE=--upgrade for new versions
	$(COMPILE) --group build --output-file requirements.lock pyproject.toml
	$(COMPILE) --group build --group dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --group peers --output-file requirements-peers.lock

clean: ## remove the environment and what tools left behind
	rm -rf $(VENV) $(PEERS) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# The files below are stamps: each is as new as what it says was installed.

$(VENV)/created:
	@for python in $(PYTHONS); do \
		if "$$python" -c '$(SUITABLE)' 2>/dev/null; then \
			echo "Making $(VENV) with $$("$$python" --version)"; \
			"$$python" -m venv --clear $(VENV) && touch $@; \
			exit; \
		fi; \
	done; \
	echo "make: no Python 3.11, 3.12 or 3.13 with venv found (tried: $(PYTHONS));" \
		"install one, or name yours: make PYTHONS=/path/to/python3" >&2; \
	exit 1

$(VENV)/runtime: requirements.lock pyproject.toml $(VENV)/created
	@echo "Installing what the cockpit needs"
	@$(PIP_INSTALL) --require-hashes --requirement requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# What bench/ measures beside, in an environment of its own.
$(PEERS)/installed: requirements-peers.lock $(VENV)/development
	@echo "Installing what the benchmarks compare with"
	@$(BIN)/python -m venv --clear $(PEERS)
	@$(BIN)/uv pip install --quiet --python $(PEERS)/bin/python --require-hashes \
		--requirement requirements-peers.lock
	@touch $@

$(VENV)/development: requirements-dev.lock $(VENV)/runtime
	@echo "Installing what its tests need"
	@$(PIP_INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@
