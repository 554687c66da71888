"""What a problem, a submission and a report are: values, and how they are read and written."""
