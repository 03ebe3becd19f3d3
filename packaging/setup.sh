#!/bin/sh
# Make .venv with the pinned packages and see to the system packages. Called by make; safe to repeat.
set -eu
cd "$(dirname "$0")/.."

SYSTEM_PACKAGES="libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 fonts-dejavu-core libdbus-1-3
libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0 libxcb-shape0"
CONSTRAINTS=packaging/constraints.txt
KEY=$(cat pyproject.toml "$CONSTRAINTS" "$0" | cksum | tr -d ' ')
STAMP=.venv/.stamp-$KEY

say() { echo "dlviz set-up: $*" >&2; }

# An installed package, under its own name or the one with 64-bit times of newer releases.
is_installed() {
    dpkg-query -W -f='${Status}\n' "$1" "$1t64" 2>/dev/null | grep -q '^install ok installed'
}

install_system() { # packages…
    command="apt-get install -y --no-install-recommends $*"
    if [ "$(id -u)" != 0 ]; then
        say "system packages are missing. Type: sudo $command"
        return 1
    fi
    say "installing system packages: $*"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # the words of $command are its arguments
    { apt-get update -qq && $command -qq >/dev/null; } || {
        say "could not install them. Type: $command"
        return 1
    }
}

# What the system lacks, in one list. Debian keeps ensurepip, which venv needs, in a package of its own.
missing_packages() { # python
    command -v dpkg-query >/dev/null || return 0
    for package in $SYSTEM_PACKAGES; do
        is_installed "$package" || printf '%s ' "$package"
    done
    if ! "$1" -c 'import ensurepip' 2>/dev/null; then
        "$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
}

find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    say "expected Python 3.11 to 3.14. Found: $(python3 --version 2>&1 || true). On Debian type: apt-get install python3 python3-venv"
    return 1
}

make_environment() { # python
    if .venv/bin/python -c 'import pip' 2>/dev/null; then return; fi
    if ! "$1" -c 'import ensurepip' 2>/dev/null; then
        say "expected $1 with its module ensurepip, which makes .venv. Found none."
        return 1
    fi
    say "making .venv with $("$1" --version)"
    rm -rf .venv
    "$1" -m venv .venv
}

install_pinned() { # arguments of pip install
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint "$CONSTRAINTS" "$@" || {
        say "pip could not install the packages; its reason stands above. Is there a network? Then try again."
        return 1
    }
}

if [ -e "$STAMP" ]; then exit 0; fi
python=$(find_python)
missing=$(missing_packages "$python")
# Going on without them is right: the window needs some, most of the program needs none.
# shellcheck disable=SC2086 # one argument a package
[ -z "$missing" ] || install_system $missing || true
make_environment "$python"
say "installing Python packages (once; a minute or two)"
install_pinned hatchling
install_pinned --no-build-isolation --editable '.[dev]'
rm -f .venv/.stamp-*
touch "$STAMP"
say "done"
