"""x"""
from grader.judge.diagnosis import Rules
rules = Rules()
