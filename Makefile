# Needs Python 3.11 or later and make; everything else is installed into .venv.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
DEMO := env -u DATABASE_URL -u EMAIL_URL DEBUG=1 BASE_URL=http://127.0.0.1:$(PORT)
TEMPLATES := $(shell find templates -name '*.html' 2>/dev/null)

# Compiled once, not by each worker, each database and each process a test starts.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo reset-demo test test-postgresql test-sqlite lint lint-types lint-rest format openapi api-lint messages lock \
	soak soak-postgresql soak-sqlite bench screenshots lighthouse

help: ## What there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv

.venv/base.stamp: requirements/base.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

.venv/dev.stamp: requirements/dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@ .venv/base.stamp

demo: .venv/base.stamp ## Serve the demo on http://127.0.0.1:8000; PORT=8123 for another port
	@$(DEMO) $(MANAGE) migrate --verbosity 0
	@$(DEMO) $(MANAGE) load_demo
	@$(DEMO) $(MANAGE) runserver --noreload 127.0.0.1:$(PORT)

reset-demo: ## Forget the demo's data and mails; the next `make demo` starts over
	rm -rf var/seatadmin.sqlite3 var/seatadmin.sqlite3-shm var/seatadmin.sqlite3-wal var/mails

test: test-postgresql test-sqlite ## All tests, on PostgreSQL and on SQLite

test-postgresql: .venv/dev.stamp
	DATABASE_URL= $(BIN)/python -m pytest -q -n 2 --dist worksteal

# What is the same whichever database is behind it has been played on PostgreSQL.
test-sqlite: .venv/dev.stamp
	DATABASE_URL=sqlite: $(BIN)/python -m pytest -q -n 2 --dist worksteal \
		-m "not browser and not any_database"

lint: lint-types lint-rest ## Everything that is checked without running it

# It takes longer than all the rest: `make --jobs 2 lint` has both cores busy.
lint-types: .venv/dev.stamp
	DEBUG=1 $(BIN)/mypy .

lint-rest: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(if $(TEMPLATES),$(BIN)/djhtml --check $(TEMPLATES))
	$(BIN)/lint-imports
	DEBUG=1 $(MANAGE) makemigrations --check --dry-run
	DEBUG=0 SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
		ALLOWED_HOSTS=seats.example TRUSTED_PROXIES=1 CACHE_URL=dbcache://cache \
		$(MANAGE) check --deploy --fail-level WARNING

format: .venv/dev.stamp ## Put code and templates into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(if $(TEMPLATES),$(BIN)/djhtml $(TEMPLATES))

openapi: .venv/base.stamp ## Write docs/openapi.yaml, the description of the API, from the code
	DEBUG=1 $(MANAGE) spectacular --lang en --validate --fail-on-warn --file docs/openapi.yaml

# Pinned, so that a new rule comes when it is asked for.
api-lint: ## Check docs/openapi.yaml as its readers' tools do; needs Node
	npx --yes @redocly/cli@2.77.0 lint docs/openapi.yaml

messages: .venv/base.stamp ## Bring the German texts in step with the sources; names what is untranslated
	$(BIN)/python tools/messages.py

lock: .venv/dev.stamp ## Pin the dependencies of pyproject.toml anew
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile -q --generate-hashes --no-header --no-annotate --python-version 3.11 \
		pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile -q --generate-hashes --no-header --no-annotate --python-version 3.11 \
		pyproject.toml --group dev -o requirements/dev.txt

MINUTES ?= 15
soak: .venv/dev.stamp ## The state machine for MINUTES=15, and many workers killed, on both databases
	@$(MAKE) --no-print-directory --jobs 2 --output-sync soak-postgresql soak-sqlite

soak-postgresql: .venv/dev.stamp
	DATABASE_URL= $(BIN)/python -m pytest -q -n 2 --soak $(MINUTES) tests/soundness tests/concurrency

soak-sqlite: .venv/dev.stamp
	DATABASE_URL=sqlite: $(BIN)/python -m pytest -q -n 2 --soak $(MINUTES) tests/soundness tests/concurrency

bench: .venv/dev.stamp ## Seats given and products answered per second, beside what it takes at least
	$(BIN)/python -W ignore -m bench.seats
	$(BIN)/python -W ignore -m bench.entitlements

screenshots: .venv/dev.stamp ## Take the pictures of docs/screenshots anew; needs Chromium
	$(BIN)/python -m tools.screenshots

lighthouse: .venv/dev.stamp ## Measure the pages with Lighthouse, as served in production; needs Node
	$(BIN)/python -m tools.lighthouse
