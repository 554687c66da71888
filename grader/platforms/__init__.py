"""Where a platform grades: on its machines, as a step of a workflow, or packed for it.

What is packed is the grader that is running, from wherever it was installed, with the versions of
its dependencies that it is running with.
"""
