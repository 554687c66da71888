#!/bin/sh
# The entrypoint of the image. Whatever stops the grader, there is a results.json that costs the
# student neither points nor an attempt.
set -u
root="${GRADE_ROOT:-/grade}"
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd)
mkdir -p "$root/results"
printf '%s\n' '{"gradable": false, "score": 0.0, "format_errors": ["The grader was stopped before it had a result. That is no fault of the submission; please tell the course staff."]}' > "$root/results/results.json"
GRADER_SECRET=$(cat "$here/secret") && export GRADER_SECRET
cd /  # -I, and not in a folder with a submission: nothing of it may be imported by the grader
exec python3 -I -m grader onsite {{problem}} --for prairielearn --root "$root" --library "$here/library" {{allow}}
