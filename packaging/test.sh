#!/usr/bin/env bash
# Run the tests; arguments go to pytest. Without any, and where there are two processors, two runs go side by side that
# take about as long: two of three files of tests of the window, and all other tests with the third.
set -uo pipefail
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
run() { .venv/bin/python -m pytest --ignore=tests/bench "$@"; }

if [ $# -gt 0 ] || [ "$(getconf _NPROCESSORS_ONLN)" -lt 2 ]; then
    run tests "$@"
    exit
fi
first=() second=() number=0
for file in tests/gui/test_*.py; do
    number=$((number + 1))
    if [ $((number % 3)) -eq 0 ]; then second+=("$file"); else first+=("$file"); fi
done
others() {
    run tests --ignore=tests/gui
    local rest=$?
    run "${second[@]}"
    local window=$?
    [ $rest -eq 0 ] && [ $window -eq 0 ]
}
told=$(mktemp)
trap 'rm -f "$told"; kill $(jobs -p) 2>/dev/null' EXIT
others >"$told" 2>&1 &
run "${first[@]}"
window=$?
wait $!
rest=$?
cat "$told"
[ $window -eq 0 ] && [ $rest -eq 0 ]
