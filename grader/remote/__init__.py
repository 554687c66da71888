"""The student's module, seen from the judge's side: every operation is one in a worker."""
