#!/bin/sh
# Make the virtual environment DIR with the first Python that is new enough, or say what is missing.
# usage: scripts/venv.sh DIR [PYTHON]
set -eu
dir=$1
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

python=
for name in ${2:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$name" -c "$new_enough" 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "asta needs Python 3.11 or newer, and none was found. Name one: make PYTHON=/path/to/python3" >&2
    exit 1
fi

if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    exec "$python" -m venv "$dir"
fi

# Debian keeps ensurepip in a package of its own. A pip that is already there can install another one.
if "$python" -c 'import venv' 2>/dev/null && "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --without-pip "$dir"
    "$python" -m pip --python "$dir/bin/python" install --quiet --disable-pip-version-check pip && exit 0
    rm -rf "$dir"
    exit 1
fi

version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
echo "$python cannot make a virtual environment: it has neither ensurepip nor pip." >&2
echo "On Debian and Ubuntu: apt-get install python$version-venv" >&2
exit 1
