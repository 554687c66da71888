# mistake: writes functions, where a class is asked for
# fails: unloadable
# points: 0
# diagnoses: class-is-function
# says: it has to be a class
def ReLU(X):
    return np.maximum(X, 0)


def ReLU_backward(G, X):
    return G * (X > 0)
