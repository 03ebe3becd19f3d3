#!/usr/bin/env bash
# Run the tests; arguments go to pytest. Without any, tests of the window and all others run side by side where there
# are two processors: neither uses more than one, and together they take as long as those of the window alone.
set -uo pipefail
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
run() { .venv/bin/python -m pytest --ignore=tests/bench "$@"; }

if [ $# -gt 0 ] || [ "$(getconf _NPROCESSORS_ONLN)" -lt 2 ]; then
    run tests "$@"
    exit
fi
others=$(mktemp)
trap 'rm -f "$others"; kill $(jobs -p) 2>/dev/null' EXIT
run tests --ignore=tests/gui >"$others" 2>&1 &
run tests/gui
window=$?
wait $!
rest=$?
cat "$others"
[ $window -eq 0 ] && [ $rest -eq 0 ]
