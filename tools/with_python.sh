#!/bin/sh
# Run a script with the first Python here that is new enough and can make virtual environments.
# usage: sh tools/with_python.sh SCRIPT [ARGUMENT…]
found=
lacking=
for name in python3 python3.14 python3.13 python3.12 python3.11; do
    command -v "$name" >/dev/null 2>&1 || continue
    found=$name
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        if "$name" -c 'import ensurepip, ssl, venv' 2>/dev/null; then
            exec "$name" "$@"
        fi
        lacking=$name
    fi
done

if [ -n "$lacking" ]; then
    version=$("$lacking" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Python $version is here, but not its venv and pip. On Debian or Ubuntu: apt-get install python$version-venv" >&2
elif [ -n "$found" ]; then
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Chatsite needs Python 3.11 or newer; this machine has $version." >&2
    echo "On Debian 12, Ubuntu 24.04 or newer: apt-get install python3 python3-venv" >&2
else
    echo "Python is missing. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2
fi
exit 1
