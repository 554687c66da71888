"""An autograder that makes its verdict where the student's code is not.

This package module stays empty of imports on purpose: the untrusted worker imports
``grader.sandbox.worker.server`` and must not pull anything else in with it.
"""

__version__ = "0.1.0"
