"""Runs a problem's checks on submissions, in one warm pytest session, and makes the reports."""
