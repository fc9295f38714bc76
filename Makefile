# `make` alone lists what there is. Each step says in one sentence what it does.
.POSIX:
.SUFFIXES:
.PHONY: help run test check format requirements words
.SILENT:

WITH_PYTHON = sh tools/with_python.sh

help:
	echo 'make run           serve the site at http://127.0.0.1:8000 (HOST=, PORT= change that)'
	echo 'make test          install what the tests need and run them all'
	echo 'make check         lint, formats, types, deployment settings, missing migrations'
	echo 'make format        put the Python files into the one format'
	echo 'make requirements  pin requirements.in and requirements-dev.in again'
	echo 'make words         collect the sentences to translate and compile the translations'

run:
	$(WITH_PYTHON) tools/run.py

test:
	$(WITH_PYTHON) tools/test.py

check:
	$(WITH_PYTHON) tools/check.py

format:
	$(WITH_PYTHON) tools/development.py format

requirements:
	$(WITH_PYTHON) tools/development.py requirements

words:
	$(WITH_PYTHON) tools/development.py words
