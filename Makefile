# Everything a person or CI runs. Python >= 3.11 and make are all that must be there before.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) # tests wait more than they compute

.PHONY: help setup demo test lint bench fuzz lock clean

help: ## show these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(READY) ## make .venv and install the locked dependencies

demo: $(READY) ## Knobot with an embedded Slack workspace and an embedded cluster; prints one URL
	@$(BIN)/knobot demo

lint: $(READY) ## style, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## all checks: lint and every test
	$(BIN)/pytest --numprocesses=$(WORKERS) --dist=loadfile

bench: $(READY) ## measure, and print the figures as tables
	$(BIN)/python -m tests.bench

fuzz: $(READY) ## payloads and requests as Slack does not send them, for SECONDS (120); figures as a table
	$(BIN)/python -m tests.security.fuzz --seconds $(or $(SECONDS),120)

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade
lock: ## resolve the dependencies anew: of the image, of building it, of developing
	$(LOCK) pyproject.toml --extra postgresql -o requirements.lock
	$(LOCK) --group build -o requirements-build.lock
	$(LOCK) pyproject.toml --extra postgresql --group dev -o requirements-dev.lock

clean: ## remove what setup and tests made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
