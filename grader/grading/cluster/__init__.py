"""Grading on many machines, by Dask. The second engine (:mod:`grader.grading.engine`).

``coordinator``  takes submissions while there is room, sends batches, hands on reports
``bench``        what a Dask worker keeps during a run: the problem's files, warm judges
``parcel``       what crosses between the two, as bytes

Needs the extra ``cluster``.
"""

from grader.grading.cluster.connection import safe_address
from grader.grading.cluster.coordinator import grade_stream

__all__ = ["grade_stream", "safe_address"]
