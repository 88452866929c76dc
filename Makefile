# The commands of the house. `make demo` and `make test` need Python 3.11 or newer, make, and a network to install from.

PORT ?= 8000
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python

# The demonstration is its own small world, whatever the environment or an .env file says.
DEMO_ENV := DEBUG=1 DEMO=1 PORT=$(PORT) SITE_URL=http://127.0.0.1:$(PORT) ALLOWED_HOSTS=127.0.0.1,localhost \
	DATABASE_URL=sqlite:///var/portal.sqlite3 CACHE_URL=locmemcache:// CELERY_BROKER_URL=filesystem://localhost \
	MEDIA_ROOT=var/files S3_BUCKET= EMAIL_PROVIDER= EMAIL_URL=consolemail:// LOG_LEVEL=WARNING PYTHONUNBUFFERED=1

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast lint types screenshots lighthouse translations clean

help:
	@echo "make demo          the portal with demo data on http://127.0.0.1:$(PORT) (PORT=8001 for another port)"
	@echo "make test          every check that this machine can make"
	@echo "make test-fast     the tests without a browser, the desk's pages and whatever is slow"
	@echo "make lint types    the linter, the formatter's check, the type checker"
	@echo "make translations  collect new messages into config/locale (needs gettext)"
	@echo "make screenshots   pictures of the pages (needs chromium)"
	@echo "make lighthouse    Lighthouse on four pages, as on a phone (see bench/lighthouse.py)"
	@echo "make clean         remove the demo's data and all caches; the environment stays"

demo: $(VENV)/.installed
	@$(DEMO_ENV) $(PY) manage.py demo

test: $(VENV)/.installed-dev $(VENV)/.checker
	@$(PY) tests/run.py

test-fast: $(VENV)/.installed-dev
	@$(PY) tests/run.py --fast

lint: $(VENV)/.installed-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: $(VENV)/.installed-dev
	@DEBUG=1 $(PY) -m mypy .

translations: $(VENV)/.installed
	@DEBUG=1 $(PY) manage.py makemessages --locale de --locale es --locale pt_BR --locale ru --no-location \
		--ignore .venv --ignore var --ignore tests
	@DEBUG=1 $(PY) manage.py compile_translations

screenshots: $(VENV)/.installed-dev
	@$(DEMO_ENV) $(PY) tests/screenshots.py

lighthouse: $(VENV)/.installed-dev
	@$(PY) bench/lighthouse.py

clean:
	rm -rf var staticfiles screenshots .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -path ./$(VENV) -prune -o \( -name __pycache__ -o -name '*.mo' \) -exec rm -rf {} +

# uv where it is found, Python's own venv and pip elsewhere.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, $(PYTHON) is not. Name one: make demo PYTHON=python3.12"; exit 1; }
	@echo "Making the environment in $(VENV)"
	@if command -v uv >/dev/null; then uv venv --quiet --python $(PYTHON) $(VENV); \
	elif $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then $(PYTHON) -m venv $(VENV); \
	else echo "Python's venv module is missing. Install it: apt-get install python3-venv"; exit 1; fi

$(VENV)/.installed: requirements.txt | $(PY)
	@echo "Installing what requirements.txt names (the first time takes a minute or so)"
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(PY)
	@echo "Installing what requirements-dev.txt names (the first time takes a minute or two)"
	@$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.installed

# The W3C's checker of HTML, only where Java and npm are: the tests say when it is missing. Tried again, as a registry may stumble.
$(VENV)/.checker: Makefile | $(PY)
	@if command -v java >/dev/null && command -v npm >/dev/null; then \
	mkdir -p $(VENV)/checker && for again in 1 2 3; do npm install --silent --ignore-scripts --no-audit --no-fund --no-save \
	--prefix $(VENV)/checker vnu-jar@26.9.27 && touch $@ && break; sleep $$again; done; fi || true

define install
if command -v uv >/dev/null; then uv pip install --quiet --python $(PY) -r $(1); \
else $(PY) -m pip install --quiet --disable-pip-version-check --no-compile -r $(1); fi || { \
	echo "Installing failed, see above. Is the package index reachable?"; exit 1; }
endef
