# Needs make and Python 3.11, 3.12 or 3.13; everything else goes into $(VENV).
# Another Python beside the first: make test PYTHON=python3.12 VENV=.venv-3.12

PYTHON ?= python3
VENV ?= .venv
UV_VERSION ?= 0.13.9

BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
# Only what constraints.txt pins and hashes; no resolver, no unpinned build tools. Python compiles the modules that are
# imported when they are; to compile all would take as long as to install them.
PIP_PINNED = $(PIP) install --quiet --no-compile --no-deps --no-build-isolation --use-pep517 --require-hashes
SHORT = "population.size=20", "population.burn_in_weeks=0", "weeks=2"
PINS = build/pins
# Without bytecode every process would compile each module that it imports: 3 s for a run, 15 s for each that tests.
export PYTHONDONTWRITEBYTECODE =

# Of what has been named further up, nothing is named again.
NEW_ONES = awk '/^[a-z0-9]/ { keep = !($$0 in seen || ($$1 " \\") in seen); seen[$$0] } /^\#/ || keep'
UV_COMPILE = $(PINS)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate

# Nothing but this machine is asked or answered: no news, no look for updates, no list of extensions.
JUPYTER = --ServerApp.ip=127.0.0.1 --LabApp.extension_manager=readonly --LabApp.news_url=None \
	--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate

.PHONY: help run test lint bench docs dashboard notebooks constraints clean same-python

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: same-python $(VENV)/.stamp-run ## run the simulator; options in ARGS="..."
	$(BIN)/python -m simulator $(ARGS)

test: same-python $(VENV)/.stamp-ready ## run the tests; options for pytest in PYTEST_ARGS="..."
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: same-python $(VENV)/.stamp-lint ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy simulator

bench: same-python $(VENV)/.stamp-run ## measure speed
	$(BIN)/python benchmarks/bench.py

docs: same-python $(VENV)/.stamp-docs ## build the site into build/site; a warning is an error
	$(BIN)/python -m sphinx -E -W --keep-going -q -b html docs build/site
	@echo "build/site/index.html"

dashboard: same-python $(VENV)/.stamp-dashboard ## open the planner's page; options in ARGS="..."
	$(BIN)/python -m simulator.dashboard $(ARGS)

notebooks: same-python $(VENV)/.stamp-notebooks ## open the notebooks for students in JupyterLab, on this machine alone
	@mkdir -p results/notebooks
	@for file in notebooks/*.ipynb; do [ -e results/$$file ] || cp $$file results/notebooks/; done
	$(BIN)/python -m jupyterlab $(JUPYTER) results/notebooks $(ARGS)

clean: ## remove the environment, caches and builds; results stay
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -type d -name __pycache__ -prune -exec rm -rf {} +

# --- environment: a stamp per layer, so that nothing is installed twice ---

# A Python named by PYTHON must not be passed over because $(VENV) already holds another.
same-python:
	@[ "$(PYTHON)" = python3 ] || [ ! -x $(BIN)/python ] || \
		[ "$$($(PYTHON) -V 2>&1)" = "$$($(BIN)/python -V 2>&1)" ] || { \
		echo "$(VENV) holds $$($(BIN)/python -V), not '$(PYTHON)'. Add VENV=.venv-other, or 'make clean' first."; exit 1; }

$(VENV)/.stamp-venv:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "No '$(PYTHON)' here. Install Python 3.11, 3.12 or 3.13, or name one: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "'$(PYTHON)' is not Python 3.11, 3.12 or 3.13. Name one that is: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "'$(PYTHON)' lacks its venv module. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.stamp-run: $(VENV)/.stamp-venv pyproject.toml constraints.txt
	@echo "Installing the simulator and what it needs into $(VENV) ..."
	@sed '/^# === run/,$$d' constraints.txt >$(VENV)/build.txt
	@sed -n '/^# === run/,/^# === [dt]/p' constraints.txt >$(VENV)/run.txt
	$(PIP_PINNED) -r $(VENV)/build.txt
	$(PIP_PINNED) -r $(VENV)/run.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@$(PIP) check
	@touch $@

$(VENV)/.stamp-dashboard: $(VENV)/.stamp-run
	@echo "Installing what the planner's page needs into $(VENV) ..."
	@sed -n '/^# === dashboard/,/^# === test/p' constraints.txt >$(VENV)/dashboard.txt
	$(PIP_PINNED) -r $(VENV)/dashboard.txt
	@touch $@

# Beside the others: who reads the notebooks needs neither the tests' tools nor those that lint.
$(VENV)/.stamp-notebooks: $(VENV)/.stamp-run
	@echo "Installing what the notebooks need into $(VENV) ..."
	@sed -n '/^# === notebooks/,$$p' constraints.txt >$(VENV)/notebooks.txt
	$(PIP_PINNED) -r $(VENV)/notebooks.txt
	@touch $@

$(VENV)/.stamp-test: $(VENV)/.stamp-dashboard
	@echo "Installing the test tools into $(VENV) ..."
	@sed -n '/^# === test/,/^# === lint/p' constraints.txt >$(VENV)/test.txt
	$(PIP_PINNED) -r $(VENV)/test.txt
	@touch $@

# Compiling the model takes one processor half a minute, and so does installing the test tools: at the same time.
$(VENV)/.stamp-ready: $(VENV)/.stamp-run pyproject.toml constraints.txt
	@$(MAKE) --no-print-directory -j 2 $(VENV)/.stamp-imported $(VENV)/.stamp-compiled
	@touch $@

# Leaves the bytecode of all that the tests import, which both of their processes would compile at the same time.
$(VENV)/.stamp-imported: $(VENV)/.stamp-test
	@$(BIN)/python -m pytest -n 0 -q --collect-only >/dev/null || true
	@touch $@

$(VENV)/.stamp-compiled: $(VENV)/.stamp-run
	@echo "Compiling the model ..."
	@$(BIN)/python -c 'import simulator as s; s.simulate(s.load_scenario("default", $(SHORT)), replications=1)'
	@touch $@

$(VENV)/.stamp-lint: $(VENV)/.stamp-test
	@echo "Installing the lint tools into $(VENV) ..."
	@sed -n '/^# === lint/,/^# === docs/p' constraints.txt >$(VENV)/lint.txt
	$(PIP_PINNED) -r $(VENV)/lint.txt
	@touch $@

$(VENV)/.stamp-docs: $(VENV)/.stamp-lint
	@echo "Installing what builds the site into $(VENV) ..."
	@sed -n '/^# === docs/,/^# === notebooks/p' constraints.txt >$(VENV)/docs.txt
	$(PIP_PINNED) -r $(VENV)/docs.txt
	@touch $@

# --- pins ---

# Resolves everything once, then cuts the outcome into layers that name each package once, in the
# first layer that needs it; only the last one, for the notebooks, builds on the first two alone and
# names again what it shares with the others. Keeps the versions already pinned; UPGRADE=--upgrade looks for newer ones.
constraints: $(PINS)/uv/.stamp ## rewrite constraints.txt from pyproject.toml; newer versions with UPGRADE=--upgrade
	@if [ -f constraints.txt ]; then cp constraints.txt $(PINS)/all.txt; fi
	$(UV_COMPILE) $(UPGRADE) pyproject.toml --group build --extra test --extra lint --extra docs \
		--extra notebooks -o $(PINS)/all.txt
	$(UV_COMPILE) -c $(PINS)/all.txt --group build -o $(PINS)/build.txt
	$(UV_COMPILE) -c $(PINS)/all.txt pyproject.toml -o $(PINS)/run.txt
	$(UV_COMPILE) -c $(PINS)/all.txt pyproject.toml --extra dashboard -o $(PINS)/dashboard.txt
	$(UV_COMPILE) -c $(PINS)/all.txt pyproject.toml --extra test -o $(PINS)/test.txt
	$(UV_COMPILE) -c $(PINS)/all.txt pyproject.toml --extra test --extra lint -o $(PINS)/lint.txt
	$(UV_COMPILE) -c $(PINS)/all.txt pyproject.toml --extra test --extra lint --extra docs -o $(PINS)/docs.txt
	$(UV_COMPILE) -c $(PINS)/all.txt --group build --extra notebooks pyproject.toml -o $(PINS)/notebooks.txt
	@{ echo "# Made by 'make constraints'; not to be edited by hand."; \
	   echo "# Python 3.11 to 3.13, any platform. Serves as requirements: pip install --require-hashes -r constraints.txt"; \
	   echo "# Layers: the Makefile installs no more than it needs; each builds on those above it."; \
	   for layer in build run dashboard test lint docs; do echo "# === $$layer"; cat $(PINS)/$$layer.txt; done; \
	} | $(NEW_ONES) >$(PINS)/constraints.txt
	@cat $(PINS)/build.txt $(PINS)/run.txt | sed '$$a # === notebooks' | cat - $(PINS)/notebooks.txt \
	| $(NEW_ONES) | sed -n '/^# === notebooks/,$$p' >>$(PINS)/constraints.txt
	mv $(PINS)/constraints.txt constraints.txt

$(PINS)/uv/.stamp:
	$(PYTHON) -m venv $(PINS)/uv
	$(PINS)/uv/bin/python -m pip --disable-pip-version-check install --quiet uv==$(UV_VERSION)
	@touch $@
