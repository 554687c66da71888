"""The untrusted side. Empty of imports: the worker must not load more than it needs."""
