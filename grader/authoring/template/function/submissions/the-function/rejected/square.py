# mistake: takes the square in place of the double
# why: Only 2 times 2 is the same as 2 squared.
# hint: What should come of a 3?
# stronger: Multiply by 2.
# fails: values
# points: 10
# diagnoses: square
def theFunction(X):
    return X * X
