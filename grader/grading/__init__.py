"""Grades submissions: one, a stream of them, in several processes, or on a cluster."""
