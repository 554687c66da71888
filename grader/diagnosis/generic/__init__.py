"""Explanations that need no rule of a problem: names, signatures, exceptions, loading."""
