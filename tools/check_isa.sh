#!/usr/bin/env bash
# Fails where an object of kernels/*_isa.cpp offers a symbol that another instruction set's may replace: a weak one, or
# one outside of the namespace of its instruction set. The linker keeps one copy of such a function, maybe the one with
# instructions that a processor lacks.
#   tools/check_isa.sh [folder of a build]
set -euo pipefail
cd "$(dirname "$0")/.."
found=0
bad=0
while IFS= read -r object; do
  found=$((found + 1))
  isa=$(sed -E 's|.*/tapegrad_([a-z0-9]+)\.dir/.*|\1|' <<<"$object")
  shared=$(nm -C --defined-only "$object" | grep -E '^[0-9a-f]* +[A-Zuvw] ' | grep -vE " [BDGRST] (vtable for )?tg::$isa::" || true)
  if [ -n "$shared" ]; then
    printf '%s:\n%s\n' "$object" "$shared"
    bad=1
  fi
done < <(find "${1:-build}" -path '*/tapegrad_*.dir/kernels/*_isa.cpp.o' -not -path '*/sanitize/*')
[ "$found" -gt 0 ] || { echo "no objects of kernels/*_isa.cpp under ${1:-build}"; exit 1; }
[ "$bad" = 0 ] && echo "$found objects share nothing"
