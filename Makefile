# make demo   the whole method on a simulated mobile-money table (no torch, no SDV)
# make test   the whole suite, with every optional dependency installed for real
# make ci     what continuous integration runs
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test ci clean

demo: .venv/.demo
	$(BIN)/python -m synda_sk demo --out synda_out

test: .venv/.test
	$(BIN)/python -m pytest -n 2 -q

ci:
	bash .ci/run

clean:
	rm -rf .venv synda_out

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

.venv/.demo: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[cli]"
	touch $@

.venv/.test: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt torch
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[all]" --group dev
	touch $@ .venv/.demo
