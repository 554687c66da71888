"""How learning platforms name and nest the files of their exports."""
