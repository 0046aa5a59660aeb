# The workshop. `make` or `make help` lists what there is; each target runs by itself on a fresh clone.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV   := .venv
PYTHON := $(VENV)/bin/python
SETUP  := tools/setup.sh

# `make demo` installs no project, only its libraries: the repository itself is on the path.
export PYTHONPATH := $(CURDIR)
export ALLOW_CLOCK

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Prepare .venv with everything that development needs (fast when nothing changed)
	@$(SETUP) dev

.PHONY: demo
demo: ## Play the apprenticeship road on five embedded services; files under var/demo/
	@$(SETUP) runtime
	@$(PYTHON) -m cli.main demo

.PHONY: test
test: ## Run every test, several files at a time, each process on a RabbitMQ and PostgreSQL of its own
	@$(SETUP) dev servers
	@$(PYTHON) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: quick
quick: ## Rules, contracts, architecture and one embedded story in under a minute on two quiet cores; starts no server
	@$(SETUP) dev
	@$(PYTHON) -m pytest -q -n 2 --dist worksteal \
	  --ignore tests/contracts/test_documented_client.py --ignore tests/contracts/test_agreement.py \
	  tests/scenarios/test_successor.py::test_a_case_that_began_before_keeps_its_document_to_its_last_payment \
	  tests/rules tests/contracts tests/architecture tests/scenario_language

.PHONY: up
up: ## Start the five services on real RabbitMQ and PostgreSQL (ALLOW_CLOCK=1 for scenarios)
	@$(SETUP) dev servers
	@$(PYTHON) -m deploy.local.up

.PHONY: down
down: ## Stop what `make up` started; the data stays under var/local/
	@$(SETUP) dev
	@$(PYTHON) -m deploy.local.down

.PHONY: lint
lint: ## Check format, style, types and who may import whom
	@$(SETUP) dev
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

.PHONY: check
check: lint test ## All that CI runs

.PHONY: schemas
schemas: ## Generate JSON Schema, AsyncAPI and the reference page from shared/contracts
	@$(SETUP) dev
	@$(PYTHON) -m shared.reference.generate

.PHONY: release-data
release-data: ## Write what RELEASE=… leaves in its databases, once, for every later release to carry over
	@$(SETUP) dev
	@$(PYTHON) -m tests.upgrades.make $(RELEASE)

.PHONY: bench
bench: ## Measure against stock nameko on real RabbitMQ and PostgreSQL; prints JSON
	@$(SETUP) dev servers
	@$(PYTHON) -m benchmarks

.PHONY: storm
storm: ## Hundreds at once on the same money, and many random stories against the ledger's model, on both databases
	@$(SETUP) dev servers
	@STORM=1 $(PYTHON) -m pytest -q -s tests/contracts/test_agreement.py \
	  $(addprefix tests/services/subsidy/,payments/test_storm.py model/test_model.py model/test_killed.py)

.PHONY: lock
lock: ## Resolve requirements/*.in anew into requirements/*.txt, with hashes
	@$(SETUP) dev
	@for layer in runtime dev; do \
	  $(VENV)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	    requirements/$$layer.in --output-file requirements/$$layer.txt || exit 1; \
	done
