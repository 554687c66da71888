"""Whatever is shown besides one report: a class, a verification, a statement."""
