"""Archives and notebooks that students hand in, read in a process that can be lost."""
