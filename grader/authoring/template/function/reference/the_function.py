"""Reference solution of the problem `the-function`. REPLACE; mutants are made of it."""


def theFunction(X):
    """The double of what is given."""
    return X + X
