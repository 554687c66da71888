"""Room: intake. Everything that instructors have, turned into a stream of entries.

Student code is neither run nor parsed here; archives are read in place, never unpacked.
"""

from grader.intake.collecting import Intake, collect
from grader.intake.describing import describe
from grader.intake.entry import Entry, Skipped
from grader.intake.roster import Listed

__all__ = ["Entry", "Intake", "Listed", "Skipped", "collect", "describe"]
