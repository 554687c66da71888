"""Known mistakes of the problem `dense-gradients`."""

from grader.judge.diagnosis import Rules

rules = Rules()
