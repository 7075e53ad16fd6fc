# One verb per job; `make help` lists them. Stamps lie inside what they stand for, so that deleting it is enough.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules
# Images set it to be small; here it would compile every module anew at each of the tests' hundreds of starts.
unexport PYTHONDONTWRITEBYTECODE

python := .venv/bin/python
# Every lock file is complete, so pip resolves nothing; -qq keeps errors only.
pip := $(python) -m pip install -qq --disable-pip-version-check --no-deps
node := $(CURDIR)/scripts/with-node.sh
npm_ci := npm ci --loglevel=error --no-audit --no-fund --no-update-notifier
frontend_sources := $(shell find frontend -name node_modules -prune -o -type f -print)

# -- set up and run --------------------------------------------------------------------------------------------------

.PHONY: help run setup
help: ## list the verbs
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r verb does; do \
		printf '  make %-16s %s\n' "$$verb" "$$does"; done

run: setup ## set up what is missing, then serve on http://localhost:8000
	@exec .venv/bin/beeplace

setup: .venv/.project beeplace/web/index.html ## everything `make run` needs; leaves .venv/bin/beeplace ready
	@:

.venv/bin/python:
	@scripts/venv.sh .venv

.venv/.packages: requirements.txt requirements-build.txt | .venv/bin/python
	@echo "installing the locked Python packages"
	@$(pip) --require-hashes -r requirements.txt -r requirements-build.txt
	@touch $@

# Editable, without build isolation: the build backend is locked too, and nothing is fetched.
.venv/.project: pyproject.toml hatch_build.py .venv/.packages | beeplace/web/index.html
	@echo "installing beeplace"
	@$(pip) --no-index --no-build-isolation --editable .
	@touch $@

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json | .venv/.packages
	@echo "installing the frontend's packages"
	@cd frontend && $(node) $(npm_ci)
	@touch $@

beeplace/web/index.html: $(frontend_sources) frontend/node_modules/.package-lock.json
	@echo "building the frontend"
	@cd frontend && $(node) npm run --silent build
	@touch $@

# -- checks ----------------------------------------------------------------------------------------------------------

# Those with commas between them run side by side: mypy, the longest, has a processor to itself meanwhile.
checks := lint types,frontend-test,frontend-check,frontend-size,frontend-floor,loadtests-check pytest smoke
comma := ,

.PHONY: test needs $(subst $(comma), ,$(checks))
test: setup needs ## set up what the tests need, then run every check; stops at the first that fails
	@$(python) scripts/checks.py $(checks)

needs: .venv/.test-packages frontend/node_modules/.package-lock.json ## find or install Chromium, Redis, PostgreSQL, k6, zbar
	@$(python) scripts/needs.py

.venv/.test-packages: requirements-test.txt .venv/.packages
	@echo "installing the locked test packages"
	@$(pip) --require-hashes -r requirements-test.txt
	@touch $@

lint: .venv/.test-packages ## ruff: format and lint
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .

types: .venv/.test-packages ## mypy, strict
	@.venv/bin/mypy

frontend-check: frontend/node_modules/.package-lock.json ## Biome and tsc on the frontend
	@cd frontend && $(node) npm run --silent check

frontend-test: frontend/node_modules/.package-lock.json ## Vitest
	@cd frontend && $(node) npm run --silent test

frontend-size: beeplace/web/index.html ## what the drawing page loads stays within its budget
	@cd frontend && $(node) npm run --silent size

frontend-floor: beeplace/web/index.html ## the pages use nothing that the oldest engines of docs/browsers.md lack
	@cd frontend && $(node) npm run --silent floor

loadtests/node_modules/.package-lock.json: loadtests/package.json loadtests/package-lock.json | .venv/.packages
	@cd loadtests && $(node) $(npm_ci)
	@touch $@

loadtests-check: loadtests/node_modules/.package-lock.json ## Biome and tsc on the load tests
	@cd loadtests && $(node) npm run --silent check

pytest: setup needs ## all tests in Python; ARGS="-k name" for some of them
	@.venv/bin/pytest -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

# -- load, crashes, numbers ------------------------------------------------------------------------------------------

.PHONY: smoke breakpoint crash chaos model siege fuzz schemathesis engines bench proxies pretix-tickets
smoke: setup needs ## k6: a few users for some seconds
	@$(python) loadtests/run.py smoke

breakpoint: setup needs ## k6: the thesis's test, users until it breaks
	@$(python) loadtests/run.py breakpoint

crash: setup needs ## kill -9 under load, a hundred times
	@$(python) -m tests.crash

chaos: setup needs ## gateways, Redis and PostgreSQL under faults for an hour; ARGS="--minutes 5" for less
	@$(python) -m tests.chaos $(ARGS)

model: setup needs ## a million random steps of drawing, ordering and taking back beside a model; ARGS="--minutes 5" for less
	@$(python) -m tests.desk.long_run $(ARGS)

siege: setup needs ## crowds that mean harm or have bad luck, on small and large boards; ARGS="--boards 64" for less
	@$(python) -m tests.siege $(ARGS)

fuzz: setup needs ## two million odd frames and a hundred thousand requests; ARGS="--minutes 5" for less
	@$(python) -m tests.fuzz $(ARGS)

schemathesis: setup needs ## every route by its own specification, with each role's key, for up to 40 minutes
	@$(python) -m tests.specification

pretix-tickets: setup ## tickets for the tests, made anew by pretix's own code, in a temporary folder
	@scripts/pretix_tickets.sh tests/people/tickets/pretix_sig1.json

proxies: setup needs ## a gateway behind seven proxies; installs them from Debian; ARGS="--only Apache" for one
	@$(python) -m tests.proxies $(ARGS)

engines: setup needs ## the pages in Firefox and WebKit; installs them from Debian
	@$(python) -m tests.engines

bench: setup needs ## time to start with ten million changes in the log
	@$(python) -m benchmarks.start_with_long_log

.PHONY: history-real
history-real: setup ## a public file of real history (FILE=...) through import and export, compared row by row
	@$(python) scripts/history_real.py "$(FILE)" $(FORM)

# -- care ------------------------------------------------------------------------------------------------------------

.PHONY: format lock clean
format: .venv/.test-packages frontend/node_modules/.package-lock.json loadtests/node_modules/.package-lock.json ## format and fix what can be fixed
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .
	@cd frontend && $(node) npm run --silent fix
	@cd loadtests && $(node) npm run --silent fix

lock: .venv/bin/python ## write the lock files anew from pyproject.toml; LOCK=--upgrade takes newer releases
	@scripts/lock.sh $(LOCK)

clean: ## delete all that was built, installed or cached here; the board in data/ stays
	rm -rf .venv .setup dist beeplace/web frontend/node_modules loadtests/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find beeplace tests scripts loadtests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
