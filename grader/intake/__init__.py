"""Everything that instructors have, turned into a stream of entries, one for each student.

Student code is neither run nor parsed here; archives are read in place, never unpacked.
"""
