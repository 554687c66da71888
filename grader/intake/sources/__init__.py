"""Folders and archives as trees of files; what in them is nobody's submission."""
