#!/bin/sh
# Runs a script of this directory with the first Python that is new enough; says what to install otherwise.
set -eu
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14 python; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$new_enough" >/dev/null 2>&1; then
        exec "$candidate" "$@"
    fi
done
found=$(python3 --version 2>/dev/null || echo "no python3")
echo "Python 3.11 or newer is needed; found: $found." >&2
case "$(uname -s)" in
    Darwin) echo "Install it with: brew install python@3.13" >&2 ;;
    *) echo "Install it with: sudo apt-get install python3 python3-venv  (or name one: PYTHON=/path/to/python3.12 make setup)" >&2 ;;
esac
exit 1
