# Everything a newcomer needs: `make run`, `make test`. Python 3.11 or newer is all it takes.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
UV_VERSION := 0.13.9

.PHONY: run test lint format lock bench soak faults guides messages clean

run: $(VENV)/.run-stamp
	@$(VENV)/bin/python manage.py serve $(ARGS)

test: $(VENV)/.dev-stamp
	@$(VENV)/bin/python -m pytest -n auto -m "not journey" $(ARGS)

lint: $(VENV)/.dev-stamp
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/djade --check $$(git ls-files 'templates/*.html')
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy idp connectors console
	$(VENV)/bin/python manage.py makemigrations --check --dry-run

format: $(VENV)/.dev-stamp
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(VENV)/bin/djade $$(git ls-files 'templates/*.html')

bench: $(VENV)/.dev-stamp
	@$(VENV)/bin/python -m tests.bench $(ARGS)

faults: $(VENV)/.dev-stamp
	@$(VENV)/bin/python -m pytest -m fault -p no:randomly tests/journeys/faults $(ARGS)

# Projects of eight frameworks, each with its own packages; ARGS="-k nuxt" for one.
guides: $(VENV)/.dev-stamp
	npm ci --prefix tests/journeys/sdk
	@$(VENV)/bin/python -m pytest -m framework tests/journeys/frameworks $(ARGS)

soak: $(VENV)/.dev-stamp
	@$(VENV)/bin/python -m tests.journeys.faults.soak $(ARGS)

# The catalogs of translations, from the sentences in code and templates; needs GNU gettext (Debian: gettext).
LANGUAGES := en ar de es fr hi id it ja ko nl pl pt_BR ru th tr vi zh_Hans zh_Hant
messages: $(VENV)/.dev-stamp
	$(VENV)/bin/python manage.py makemessages $(addprefix -l ,$(LANGUAGES)) --add-location file --no-wrap --no-obsolete \
	  --ignore 'console/*' --ignore 'templates/console/*' --ignore 'tests/*' --ignore '.*'
	$(VENV)/bin/python manage.py compilemessages --ignore '.*'

# Hashed, for every platform, without download addresses; the LTS release of Django on every Python.
lock: $(VENV)/.dev-stamp
	@echo 'django<6' > $(VENV)/lts.txt
	$(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
	  --extra production -c $(VENV)/lts.txt -o requirements.lock --upgrade --quiet
	$(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
	  --extra production --group dev --group journeys -c requirements.lock -o requirements-dev.lock --upgrade --quiet

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# uv installs the lock three times as fast as pip and verifies the same hashes; where it is not to be had, or does not know the
# network's certificates, pip does the work.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Latchkey needs Python 3.11 or newer.")'
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
	  || echo "uv is not to be had here; pip will do."

define install
	@echo "Installing $(1) ..."
	@$(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python --compile-bytecode --require-hashes -r $(1) \
	  || $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
endef

$(VENV)/.run-stamp: requirements.lock | $(VENV)/bin/python
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev-stamp: requirements-dev.lock | $(VENV)/bin/python
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.run-stamp
