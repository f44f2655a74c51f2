# Few verbs. The first two need nothing but Python ≥ 3.11, make and a network for the installation.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DATA ?= data

.PHONY: help demo test test-long test-nightly check check-static bench docs clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(VENV)/.user: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.user
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(VENV)/.user  ## install, play the bundled outlet, leave an archive in data/
	$(BIN)/archiver --data $(DATA) demo

test: $(VENV)/.dev  ## install, run the tests
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

test-long: $(VENV)/.dev  ## the long ones: days of crawling, hostile sites, crashes, the installed wheel
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m 'long and not nightly'

test-nightly: $(VENV)/.dev  ## hundreds of crashes, full disks, waiting times (an hour); CRASH_SEED=… repeats a night
	$(BIN)/python -m pytest -n 2 -m nightly

check: check-static test test-long  ## format, lint, types, generated docs, all tests but the nightly ones

check-static: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python docs/generate.py --check

docs: $(VENV)/.dev  ## generate the CLI reference and the data dictionary
	$(BIN)/python docs/generate.py

bench: $(VENV)/.dev  ## measure speed (minutes); see docs/performance.md
	$(BIN)/python bench/crawl.py
	$(BIN)/python bench/search.py --stories 100000
	$(BIN)/python bench/duplicates.py

clean:  ## remove the virtual environment and caches; data/ stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
