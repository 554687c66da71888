"""The untrusted process: what runs in it, and how it comes to be."""
