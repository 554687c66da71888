"""How arrays differ, in words: patterns, factors, formulas that give the same numbers."""
