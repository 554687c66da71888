"""What ``import grader`` offers to programs and notebooks; see ``docs/python.md``.

Nothing here judges: judges are processes, and the caller's process stays as it was.
"""
