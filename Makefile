# Two commands set everything up: `make run` and `make test`.
PYTHON := .venv/bin/python
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

SHOTS := shots
WORKSPACES := network step optimizers
THEMES := light dark projector
SIZES := 1280x720 1920x1080

.PHONY: help setup run test check bench monkey shots clean

help:
	@echo "make run     open the window (sets everything up the first time)"
	@echo "make test    run the tests (sets everything up the first time)"
	@echo "make check   ruff, mypy and the layering contracts"
	@echo "make bench   measure the workloads and print a table"
	@echo "make monkey  ten thousand random events in the window, three times, and no stall over 250 ms"
	@echo "make shots   draw every workspace in every theme and size into $(SHOTS)/"
	@echo "make clean   remove what these commands made"

setup:
	@packaging/setup.sh

run: setup
	@$(PYTHON) -m dlviz

test: setup
	@packaging/test.sh $(ARGS)

check: setup
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

bench: setup
	QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PYTHON) -m tests.bench $(ARGS)

monkey: setup
	DLVIZ_MONKEY=$${DLVIZ_MONKEY:-10000} DLVIZ_MONKEY_STALL=$${DLVIZ_MONKEY_STALL:-0.25} \
	    QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} \
	    $(PYTHON) -m pytest -q tests/gui/test_monkey.py -o log_cli=true --log-cli-level=INFO $(ARGS)

shots: setup
	@mkdir -p $(SHOTS)
	@for workspace in $(WORKSPACES); do for theme in $(THEMES); do for size in $(SIZES); do \
	    $(PYTHON) -m dlviz shot $(SHOTS)/$$workspace-$$theme-$$size.png \
	        --workspace $$workspace --theme $$theme --size $$size --steps 300 || exit 1; \
	done; done; done
	@echo "Pictures are in $(SHOTS)/."

clean:
	rm -rf .venv build dist $(SHOTS) dlviz-window.png .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks htmlcov .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
