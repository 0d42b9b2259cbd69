# `make` alone lists what there is.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
SYSTEM := chromium tesseract-ocr tesseract-ocr-spa tesseract-ocr-por \
	libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui fonts-dejavu-core strace

.PHONY: help install install-test system demo test soak check bench evaluate example words clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-test: pyproject.toml $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

install: $(VENV)/installed ## install the portal into .venv

install-test: $(VENV)/installed-test system ## install what the tests need, system packages too when root

system:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		missing=; for one in $(SYSTEM); do dpkg -s $$one >/dev/null 2>&1 || missing="$$missing $$one"; done; \
		if [ -n "$$missing" ]; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
				apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
		fi; \
	fi

demo: install ## load the example library and serve it on port 8000
	$(BIN)/portal demo --port $(PORT)

test: install-test ## run every test; prints the minutes of each group
	@$(BIN)/python -m tests

soak: install-test ## compare a thousand pairs of portals that differ only in what is hidden
	SILENCE_EXAMPLES=1000 $(BIN)/python -m pytest tests/silence/test_property.py

check: install-test ## style, types, templates, translations, house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_house.py

bench: install-test ## speed and memory beside peers, as ratios of one run
	$(BIN)/python -m tests.benchmarks

evaluate: install-test ## quality of search on questions that nobody here wrote
	$(BIN)/python -m tests.evaluation

example: install-test ## make the files of the example library anew
	$(BIN)/python -m toolkit.example.make

words: install-test ## gather the sentences for the translators and compile the catalogues
	$(BIN)/python -m portal.translations

clean: ## remove what was built; run-time data in instance/ stays
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
