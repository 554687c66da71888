#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: a virtual environment with the
# grader in it. Ubuntu 22.04, its default, has Python 3.10, and 3.11 among its packages.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"

suitable() {
  local candidate
  for candidate in python3.14 python3.13 python3.12 python3.11 python3; do
    if "$candidate" -I -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

if ! suitable >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install -y python3-venv || true
  suitable >/dev/null || apt-get install -y python3.11 python3.11-venv
fi
python=$(suitable) || { echo "No Python 3.11 or newer: choose a newer base image." >&2; exit 1; }

"$python" -I -m venv "$root/venv"
"$root/venv/bin/python" -I -m pip install --no-cache-dir --quiet -r "$source/requirements.txt" "$source"/*.whl

# What is open to submissions here is most likely open when they are graded: better to know it now.
allow="{{allow}}"
if ! "$root/venv/bin/python" -I -m grader doctor --library "$source/library" && [ -z "$allow" ]; then
  echo "Submissions would not be isolated, so none would be graded: see above what to do, or make" >&2
  echo "the package once more with --allow-unisolated." >&2
  exit 1
fi
