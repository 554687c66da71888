"""Seeds that nobody can know beforehand: drawn by chance, or made of a secret."""

from __future__ import annotations

import hmac
import os
import secrets

VARIABLE = "GRADER_SECRET"
"""Holds the secret of an assignment. No process with student code has it."""


def drawn() -> int:
    """Draw a seed."""
    return secrets.randbelow(2**32)


def made_of(secret: str, source: bytes) -> int:
    """Return the seed of a file: always the same, and another for every other file.

    A file that holds answers to what an earlier file was asked is asked something else.
    """
    digest = hmac.digest(secret.encode("utf-8", "surrogateescape"), source, "sha256")
    return int.from_bytes(digest[:4])


def on_site(source: bytes) -> int:
    """Return the seed of a file on a platform: made of its secret; where there is none, drawn."""
    secret = os.environ.get(VARIABLE, "").strip()
    return made_of(secret, source) if secret else drawn()


def new_secret() -> str:
    """Draw a secret for an assignment."""
    return secrets.token_hex(32)
