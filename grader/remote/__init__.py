"""The student's module, seen from the judge's side: every operation is one in a worker.

:mod:`~grader.remote.student` is what checks use, :mod:`~grader.remote.objects` what it gives them.
Both write down operations in a :mod:`~grader.remote.conversation`, which goes through a
:mod:`~grader.remote.channel` to the worker; :mod:`~grader.remote.exposures` answers calls from it.
"""
