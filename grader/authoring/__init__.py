"""For authors of problems: a new one from a template, and the proof that one is sound."""
