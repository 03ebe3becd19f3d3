#!/usr/bin/env bash
# Run the tests; arguments go to pytest. Without any, and where there are two processors, three runs go side by side
# that take about as long, for tests of the window often wait: twice two of five files of these, and all others with
# the fifth.
set -uo pipefail
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
run() { .venv/bin/python -m pytest --ignore=tests/bench "$@"; }

if [ $# -gt 0 ] || [ "$(getconf _NPROCESSORS_ONLN)" -lt 2 ]; then
    run tests "$@"
    exit
fi
first=() second=() third=() number=0
for file in tests/gui/test_*.py; do
    number=$((number + 1))
    case $((number % 5)) in
        0) third+=("$file") ;;
        1 | 3) first+=("$file") ;;
        *) second+=("$file") ;;
    esac
done
others() {
    run tests --ignore=tests/gui
    local rest=$?
    run "${third[@]}"
    local window=$?
    [ $rest -eq 0 ] && [ $window -eq 0 ]
}
told=$(mktemp -d)
trap 'rm -rf "$told"; kill $(jobs -p) 2>/dev/null' EXIT
run "${second[@]}" >"$told/second" 2>&1 &
second_run=$!
others >"$told/others" 2>&1 &
others_run=$!
run "${first[@]}"
status=$?
wait "$second_run" || status=1
wait "$others_run" || status=1
cat "$told/second" "$told/others"
exit "$status"
