# The front door. `make help` lists what it opens.
PYTHON ?= python3
VIVA_HOME ?= $(shell $(PYTHON) .ci/setup.py --home)
export VIVA_HOME
UV = .venv/tools/bin/uv
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11.2 --generate-hashes --no-emit-index-url \
	--no-emit-package viva-runner --no-emit-package viva-grader --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help setup demo up check test attacks integration lint types contracts engine images bill lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install everything into .venv and the runtime folder
	@$(PYTHON) .ci/setup.py

demo: setup ## play the main job with three candidates and stay up (ONCE=1: end by itself)
	@.venv/bin/viva demo $(if $(ONCE),--once)

up: setup ## start Viva: hub, console, worker
	@.venv/bin/viva up

check: setup ## set up, then lint, types, import contracts and every test
	$(MAKE) --jobs 2 --output-sync=target images types test lint contracts
	$(MAKE) --jobs 2 attacks integration

test: setup ## the fast tests: no container, database or browser
	.venv/bin/pytest tests/unit tests/repository

# What is judged by counting runs beside what waits for browsers and containers.
attacks:
	.venv/bin/pytest tests/attacks tests/questions tests/integration/determinism

integration:
	.venv/bin/pytest tests/integration tests/e2e --ignore tests/integration/determinism

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types:
	.venv/bin/pyright

contracts:
	PYTHONPATH=extensions/lab .venv/bin/lint-imports

engine: setup
	@$(PYTHON) .ci/engine.py

images: engine ## build the container images, where an engine answers
	@if docker info >/dev/null 2>&1; then .venv/bin/python hub_config/images/build.py; \
	else echo "No Docker engine answers: no images are built, and tests that need them say so."; fi

bill: engine ## list what is in the images, with their sizes (AUDIT=1: ask for known weaknesses too)
	@.venv/bin/python hub_config/images/bill.py $(if $(AUDIT),--audit)

lock: setup ## resolve all dependencies anew
	$(COMPILE) --upgrade --group pyproject.toml:dev grader/core/pyproject.toml grader/runner/pyproject.toml \
		extensions/console/pyproject.toml hub_config/pyproject.toml grader/runner/packages.txt --output-file requirements.lock
	$(COMPILE) --upgrade --constraint requirements.lock grader/runner/packages.txt --output-file grader/runner/requirements.lock
	$(COMPILE) --upgrade --constraint requirements.lock grader/runner/packages.txt extensions/lab/packages.txt \
		extensions/lab/pyproject.toml --excludes extensions/lab/left_out.txt \
		--output-file extensions/lab/requirements.lock
	$(COMPILE) --upgrade hub_config/images/packages.txt --output-file hub_config/images/requirements.lock

clean: ## remove what was built in this folder (the runtime folder stays)
	rm -rf .venv build demo extensions/lab/dist extensions/lab/lib extensions/lab/node_modules extensions/console/web/node_modules
