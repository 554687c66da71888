"""Room: shipping. The grader and a problem library, packed for a platform that grades on its own.

What is packed is the grader that is running, from wherever it was installed, with the versions of
its dependencies that it is running with.
"""
