#!/usr/bin/env bash
# Editable install: Python files are used where they stand, native code is rebuilt when it is next imported.
#   tools/develop.sh [PYTHON]
# A rebuild on import needs the build tools to stay, so they are installed first and build isolation is off.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python}
"$python" -m pip install -q 'scikit-build-core>=0.10' 'pybind11>=3.1' 'cmake>=3.20' ninja
"$python" -m pip install --no-build-isolation \
  -Ceditable.rebuild=true -Cbuild-dir=build/develop -e '.[dev]'
