# Everything lives in .venv. A fresh machine needs Python 3.11 or newer with venv, and make.

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?= -n auto --dist worksteal
DATABASES ?= sqlite postgresql
# What is about words, pages and processes, has its statements in core, or measures a file, meets
# SQLite alone. Commands meet a server in tests/server/test_three_logins.py, the API in tests/journeys
# and the other tests of the server; of accounts whatever the database itself holds to.
WITHOUT_SERVER := tests/docs tests/schema tests/auth/shared_use tests/core/test_servers.py \
	$(addprefix tests/auth/test_,duties.py own_accounts.py proposals.py random_governance.py stand_ins.py) \
	$(addprefix tests/bench/test_,bench.py walls.py hiding.py) \
	$(addprefix tests/server/test_,accounts_page.py app.py cli.py demo.py flooding.py graphql_http.py \
		installation.py official_commands.py own_ways_in.py provider_commands.py provider_settings.py \
		provider_sign_ins.py stranded_accounts.py)

MEMBERS := core auth schema server $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml))
PROJECTS := pyproject.toml $(addsuffix /pyproject.toml,$(MEMBERS))
PACKAGES := $(foreach member,$(MEMBERS),dean06_$(notdir $(member)))
TESTS := $(patsubst %/,%,$(sort $(dir $(wildcard tests/*.py bench/*.py)))) $(subst /,.,$(wildcard plugins/*/tests))

UV := $(VENV)/bin/uv
INSTALLED := $(VENV)/.installed
INTO := --python $(VENV)/bin/python

export UV_PYTHON_DOWNLOADS := never
ifdef PIP_INDEX_URL # uv does not read pip's settings; a mirror serves both
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

.PHONY: demo serve test test-sqlite test-postgresql check lint types isolated tutorial bench schema lock clean

demo: $(INSTALLED) # make the demo database, serve it, ask it a few questions
	$(VENV)/bin/dean06 demo

serve: $(INSTALLED)
	$(VENV)/bin/dean06 serve

test: $(addprefix test-,$(DATABASES)) # the fast suite on each database; each sector's own tests are in make isolated

test-sqlite: $(INSTALLED)
	$(VENV)/bin/pytest $(PYTEST_ARGS) -m "not tutorial"

# On a server that is started for the run, or the one that DEAN06_TEST_POSTGRES_URL names.
test-postgresql: $(INSTALLED)
	@if $(VENV)/bin/python -c 'import sys; from dean06_core.testing import servers; sys.exit(not servers.is_possible())'; then \
		set -x; $(VENV)/bin/pytest $(PYTEST_ARGS) -m "not tutorial" --database postgresql $(addprefix --ignore ,$(WITHOUT_SERVER)); \
	else \
		echo "== NOT RUN on PostgreSQL: install its server (apt-get install postgresql) or set DEAN06_TEST_POSTGRES_URL"; \
	fi

check: test # everything: under fifteen minutes
	$(MAKE) --jobs 3 --output-sync=target lint types tutorial isolated

lint: $(INSTALLED)
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/lint-imports

types: $(INSTALLED)
	$(VENV)/bin/mypy $(addprefix -p ,$(PACKAGES) $(TESTS))

isolated: $(INSTALLED) # each plugin's tests where only core and that plugin are installed
	.ci/isolated $(VENV)

tutorial: $(INSTALLED) # docs/write-a-plugin.md as a stranger follows it, in environments of its own
	$(VENV)/bin/pytest -m tutorial

schema: $(INSTALLED) # print the API again after it was changed
	$(VENV)/bin/dean06 schema > schema/schema.graphql

bench: $(INSTALLED)
	$(VENV)/bin/python -m bench

# Keeps the versions already pinned; `make lock UPGRADE=--upgrade` takes the newest that fit.
lock: | $(UV)
	$(UV) pip compile --quiet $(INTO) --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --group dev $(UPGRADE) \
		$(foreach package,$(PACKAGES),--no-emit-package $(subst _,-,$(package))) \
		--output-file requirements.lock $(PROJECTS) >/dev/null

# Exactly what requirements.lock names, then our own distributions, editable. The two last
# commands need no network: they fail where a pyproject wants what the lock does not give.
$(INSTALLED): requirements.lock $(PROJECTS) | $(UV)
	@echo "Installing requirements.lock into $(VENV)"
	@$(UV) pip sync --quiet $(INTO) --require-hashes --compile-bytecode requirements.lock
	@$(UV) pip install --quiet $(INTO) --no-deps --no-build-isolation $(addprefix -e ,$(MEMBERS))
	@$(UV) pip check --quiet $(INTO) || { echo "requirements.lock is behind the pyproject files: make lock"; exit 1; }
	@$(UV) pip install --quiet $(INTO) --no-index --no-deps --group dev || { echo "requirements.lock is behind the dev group: make lock"; exit 1; }
	@touch $@

# uv itself comes out of requirements.lock, by its hashes.
$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dean06 needs Python 3.11 or newer: make PYTHON=...")'
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.txt

clean: # removes what was made here, the demo's database in var/ too
	rm -rf .venv .venv-* var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
