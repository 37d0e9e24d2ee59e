# tintype: one command each. All that is needed is Python 3.11+ and make; the rest is set up in
# .venv on first use, and again when pyproject.toml has changed.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BENCH ?=
CLIPS ?=
FRAMES ?= 120
OUT ?= out

BIN := $(VENV)/bin
FILMS = $(addprefix $(OUT)/clips/,pan.mp4 passing.mp4 cuts.mp4) $(CLIPS)
KEY := $(shell cksum < pyproject.toml | cut -d ' ' -f 1)
RUNTIME_READY := $(VENV)/.runtime-$(KEY)
DEV_READY := $(VENV)/.dev-$(KEY)
BENCH_READY := $(VENV)/.bench-$(KEY)

.PHONY: help demo test check format bench films documents pictures clean

help:
	@echo "make demo       colour a public-domain photograph: before and after in $(OUT)/demo/"
	@echo "make test       everything that must hold: check, then the tests"
	@echo "make check      formatting, lint, types, floors"
	@echo "make format     put the formatting right"
	@echo "make bench      time what users wait for; BENCH='startup ...' chooses"
	@echo "make films      measure films, and write the records; CLIPS='a.mp4@5 ...' adds some,"
	@echo "                FRAMES=N measures so many of each"
	@echo "make documents  write the figures of README and docs from the committed records"
	@echo "make pictures   make the README's pictures again"
	@echo "make clean      remove environments, caches and outputs"

demo: $(RUNTIME_READY)
	$(BIN)/python -m scripts.demo --out $(OUT)/demo

test: check
	$(BIN)/python -m pytest

check: $(DEV_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(DEV_READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(BENCH_READY)
	$(BIN)/python -m benchmarks --out $(OUT)/bench $(BENCH)

films: $(DEV_READY)
	$(BIN)/python -m scripts.clips $(OUT)/clips
	$(BIN)/tintype evaluate --out $(OUT)/films --frames $(FRAMES) $(addprefix --video=,$(FILMS))
	$(BIN)/python -m benchmarks --out $(OUT)/bench film faithful longfilm
	mkdir -p docs/records/evaluation docs/records/benchmarks
	cp $(OUT)/films/films.json docs/records/evaluation
	cp $(addprefix $(OUT)/bench/,film.json faithful.json longfilm.json) docs/records/benchmarks
	$(BIN)/python -m scripts.documents

documents: $(DEV_READY)
	$(BIN)/python -m scripts.documents

pictures: $(RUNTIME_READY)
	$(BIN)/python -m scripts.pictures

clean:
	rm -rf .venv .venv-ci .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf build dist out

# Where pip cannot be put into it, an interpreter is there all the same, and the next call would take
# it for the whole. Only that goes, not the folder: nobody knows what else VENV names.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "tintype needs Python 3.11 or later; found none. Name one: make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -f $(BIN)/python*; exit 1; }

$(RUNTIME_READY): | $(BIN)/python
	rm -f $(VENV)/.runtime-*
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo]'
	touch $@

$(DEV_READY): | $(BIN)/python
	rm -f $(VENV)/.dev-* $(VENV)/.runtime-*
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(RUNTIME_READY)

$(BENCH_READY): $(DEV_READY)
	rm -f $(VENV)/.bench-*
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@
