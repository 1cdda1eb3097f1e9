#!/usr/bin/env bash
# Builds the package with sanitizers in its own environment and runs the tests under them.
#   tools/sanitize.sh 'address;undefined' | undefined | thread   [pytest arguments]
# Everything stands in build/sanitize/<name>, so that a second run compiles only what changed.
# The first report ends the run with a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?usage: tools/sanitize.sh 'address;undefined' | undefined | thread [pytest arguments]}
shift
root=$PWD/build/sanitize/${kind//;/-}
python=$root/venv/bin/python

if [ ! -x "$python" ]; then
  "${PYTHON:-python3}" -m venv "$root/venv"
  "$python" -m pip install -q 'scikit-build-core>=0.10' 'pybind11>=3.1' 'cmake>=3.20' ninja
fi
"$python" -m pip install -q --no-build-isolation '.[test]' -Cbuild-dir="$root/cmake" \
  -Cinstall.strip=false -Ccmake.define.TAPEGRAD_SANITIZE="$kind"

# The interpreter is not instrumented, so the run-time library has to be there before it starts. libstdc++ comes
# with it: otherwise the interceptor of C++ exceptions finds nothing to forward to.
library() { "${CXX:-g++}" -print-file-name="$1"; }
launch=()
case $kind in
  *address*) preload="$(library libasan.so) $(library libstdc++.so)" ;;
  *thread*)
    preload=$(library libtsan.so)
    launch=(setarch "$(uname -m)" -R)  # fixed addresses: the shadow memory of TSan has a fixed place
    ;;
  *) preload="" ;;
esac
export PYTHONMALLOC=malloc
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:strict_init_order=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:allocator_may_return_null=1:report_signal_unsafe=0
export TAPEGRAD_SANITIZE=$kind
exec env LD_PRELOAD="$preload" "${launch[@]}" "$python" -m pytest -p no:cacheprovider "$@"
