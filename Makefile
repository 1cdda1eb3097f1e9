# The developers' loop, one command a target. PYTHON chooses the interpreter, ARGS is passed on.
PYTHON ?= python
SOURCES = $(shell find csrc benchmarks -name '*.cpp' -o -name '*.h')
PYTHON_CODE = python tests examples tools benchmarks

.PHONY: build develop test tiny bench bench-native format lint stubs asan ubsan tsan wheel clean

build:         ## build and install into this environment
	$(PYTHON) -m pip install .
develop:       ## editable install whose native code is rebuilt on import
	tools/develop.sh $(PYTHON)
test:          ## all tests
	$(PYTHON) -m pytest $(ARGS)
tiny:          ## a quick selection of the tests
	$(PYTHON) -m pytest -q -m tiny $(ARGS)
bench:         ## speed beside PyTorch and NumPy, where they are installed
	$(PYTHON) -m tapegrad.bench $(ARGS)
bench-native:  ## tape, allocator and kernels without Python; needs libbenchmark-dev
	tools/bench_native.sh $(ARGS)
format:        ## rewrite the sources in the project's format
	clang-format -i $(SOURCES) && ruff check --fix $(PYTHON_CODE) && ruff format $(PYTHON_CODE)
lint:          ## what the continuous integration demands of the sources
	clang-format --dry-run -Werror $(SOURCES) && ruff check $(PYTHON_CODE) && ruff format --check $(PYTHON_CODE) && $(PYTHON) -m mypy
stubs:         ## write python/tapegrad/_core.pyi from the installed module
	$(PYTHON) tools/make_stubs.py
asan:          ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	tools/sanitize.sh 'address;undefined' $(ARGS)
ubsan:         ## the tests under UndefinedBehaviorSanitizer alone
	tools/sanitize.sh undefined $(ARGS)
tsan:          ## the tests under ThreadSanitizer
	tools/sanitize.sh thread $(ARGS)
wheel:         ## sdist, and the wheel built from it, in dist/
	$(PYTHON) -m build
clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
