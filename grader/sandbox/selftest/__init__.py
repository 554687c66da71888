"""Tries in a real worker what is forbidden, and says what this machine keeps it from."""
