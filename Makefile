# make demo         the whole method on a simulated mobile-money table (no torch, no SDV)
# make test         the whole suite, with every optional dependency installed for real
# make test-modal   our selectors in a real modAL learner, which needs an older scikit-learn
# make docs         the site, in docs/_build/html; GALLERY=1 runs the tutorials for their output
# make ci           what continuous integration runs
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-modal docs ci clean

demo: .venv/.demo
	$(BIN)/python -m synda_sk demo --out synda_out

test: .venv/.test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -q

test-modal: .venv-modal/.done
	.venv-modal/bin/python -m pytest -q tests_modal

docs: .venv/.test
	$(BIN)/python -m sphinx -W --keep-going -n -q docs docs/_build/html

ci:
	bash .ci/run

clean:
	rm -rf .venv .venv-modal synda_out docs/_build docs/generated

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

.venv/.demo: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[cli]"
	touch $@

.venv/.test: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt torch
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[all]" --group dev
	$(BIN)/python -m pip install --quiet -c constraints.txt --no-deps modAL-python
	touch $@ .venv/.demo

# modAL-python, not modAL, which is another package; without its dependencies, which ask for an older skorch
.venv-modal/.done: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-modal
	grep -v '^scikit-learn==' constraints.txt > .venv-modal/constraints.txt
	.venv-modal/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	.venv-modal/bin/python -m pip install --quiet -c .venv-modal/constraints.txt "scikit-learn==1.7.*" pandas pytest -e .
	.venv-modal/bin/python -m pip install --quiet -c .venv-modal/constraints.txt --no-deps modAL-python
	touch $@
