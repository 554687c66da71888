"""Picks the known mistake whose predictions match everything that was observed."""
