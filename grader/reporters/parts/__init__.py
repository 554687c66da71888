"""What several formats share: the order of a report, arrays, excerpts, templates."""
