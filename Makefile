# Thin: the scripts do the work and can be run without make.
.DEFAULT_GOAL := help
# What Python keeps is read when tests are collected.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help venv check demo test test-cgroup-v2 images services serve docs clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## judge a few programs; installs no Docker (ARGS="--engine local")
	@scripts/demo $(ARGS)

check: venv ## lint, types and the tests that need nothing but Python
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/pytest -n auto -m "not docker and not services and not local" $(ARGS)

test: ## everything, with Docker, RabbitMQ and Postgres (ARGS="-k pool")
	@scripts/test $(ARGS)

test-cgroup-v2: ## the engine's tests in a virtual machine with cgroup v2 (ARGS="-k memory")
	@scripts/cgroup-v2 $(ARGS)

images: ## build the slim image, the worker's and the tests' services; scripts/images full: every language
	@scripts/docker-up
	@scripts/images

venv: ## make or update .venv
	@scripts/venv

services: ## RabbitMQ and Postgres in containers, for trying the pipeline
	@scripts/services up

serve: venv ## HTTP APIs with a judge in one process, on 127.0.0.1:2358 (ARGS="--engine local")
	.venv/bin/judgecore serve $(ARGS)

docs: venv ## write the generated pages of docs/
	.venv/bin/python -m scripts.docs docs

clean: ## remove caches and build results; .venv and images stay
	rm -rf .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info judgecore/runner/bin
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
