"""The parts of a script that shows a failure: its calls, its classes, its end."""
