# Two commands: `make run` and `make test`. The logic is in tools/, so that any make and sh will do.
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench format messages clean
PY = .venv/bin/python

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: ## prepare everything and start nothing
	@sh tools/with_python.sh tools/setup.py

run: setup ## start the portal on http://localhost:8000 (PORT=8001 for another port); Ctrl-C stops all
	@exec $(PY) -m tools.run

test: ## install what the tests need and run everything; ends with pytest's closing line
	@sh tools/with_python.sh tools/setup.py --dev --tests
	@exec $(PY) -m tools.test

check: ## the static part of the tests: style, types, arrows, templates, migrations, Dockerfile, compose
	@sh tools/with_python.sh tools/setup.py --dev
	@exec $(PY) -m tools.check

bench: ## the measurements, one JSON object
	@sh tools/with_python.sh tools/setup.py --dev
	@exec $(PY) -m bench

format: ## rewrite Python files and templates in the project's style
	@sh tools/with_python.sh tools/setup.py --dev
	@$(PY) -m ruff check --fix --exit-zero --quiet .
	@$(PY) -m ruff format --quiet .

messages: ## collect the texts for translators and compile what they wrote (needs GNU gettext)
	@sh tools/with_python.sh tools/setup.py --dev --tests
	@$(PY) -m tools.messages

clean: ## stop the embedded database and remove caches; keeps var/ (the data) and .venv
	@if [ -x $(PY) ]; then $(PY) -m spm_portal.common.embedded stop; fi
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis var/static
