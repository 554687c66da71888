"""Coverage-guided fuzzing of the decoder: bytes are a value or a ProtocolError, and nothing else.

    pip install 'dense-grader[fuzz]'
    python tests/fuzz/fuzz_wire.py -max_total_time=300 -rss_limit_mb=512

Options are libFuzzer's; without a folder for its corpus it starts from frames of our own.
A finding is written as crash-*; give that file as the only argument to see it again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
with atheris.instrument_imports(include=["grader.sandbox.codec", "json.decoder"]):
    from grader.sandbox import codec

_AS_IT_IS = 255


def body_from(data: bytes) -> bytes:
    """The frame's body: as it is, or with a header length that fits, which chance rarely gives."""
    if not data or data[0] == _AS_IT_IS:
        return data[1:]
    header, _, arrays = data[1:].partition(b"\n")
    return codec.LENGTH.pack(len(header)) + header + arrays


def test_one_input(data: bytes) -> None:
    """Decode; a value can be sent on, and arrives as it was."""
    try:
        value = codec.decode(body_from(data), [])
    except codec.ProtocolError:
        return
    once = codec.encode(value)
    again = codec.encode(codec.decode(once[codec.LENGTH.size :], []))
    if once != again:
        raise AssertionError(f"{value!r} changes on its way")


def seeds() -> list[bytes]:
    """Frames as workers write them, in the form that :func:`body_from` reads."""
    values = [
        [np.arange(3.0), np.array([[True]]), np.float32(1.5), "text", 2**200],
        {"a": (1, 2.5, None), "b": {"c": [np.zeros((2, 0, 3), np.int16)]}, 3: complex(1, -2)},
        [
            codec.Ref(3),
            codec.Opaque("x.Y", "why"),
            codec.Exposed(1, "SGD", ("update",), {"lr": 0.1}),
        ],
        [7, "done", [["ok", [1, (2,)]], ["raised", "ValueError", "no", [[3, "f"]], {}]], []],
        np.ones((2, 2)).view(np.matrix),
    ]
    found = []
    for value in values:
        body = codec.encode(value)[codec.LENGTH.size :]
        (length,) = codec.LENGTH.unpack_from(body)
        header, arrays = body[4 : 4 + length], body[4 + length :]
        found += [bytes([_AS_IT_IS]) + body, b"\0" + header + b"\n" + arrays]
    return found


def main() -> None:
    """Fuzz until told to stop."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds()):
            (Path(corpus) / f"seed{number}").write_bytes(seed)
        given = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        atheris.Setup([*sys.argv, *([] if given else [corpus])], test_one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
