"""The wire between judge and worker. Both sides import it; it trusts neither.

A frame is a little-endian ``uint32`` length and a body; a body is a ``uint32`` header length,
a JSON header, and the raw bytes of the arrays that the header names, one after the other.
Decoding never executes anything and never allocates what a header merely claims: array sizes
are checked against the bytes that are there. There is no pickle, and no way to name a class.

Only the standard library and NumPy are imported.
"""

from __future__ import annotations

import builtins
import copy
import json
import json.encoder
import re
import struct
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import asarray, generic, ndarray

# Taken before the first line of a submission runs: one that replaces a builtin, or a function of
# NumPy, changes nothing here. So is what json would look up for each value.
globals().update({name: it for name, it in vars(builtins).items() if not name.startswith("_")})

MAX_HEADER = 8 << 20
MAX_ARRAYS = 64 << 20
"""Bytes of array data in one message; from a worker, :attr:`Limits.reply_mb` is less."""
MAX_DEPTH = 16
MAX_ITEMS = 50_000
"""List items and dictionary entries in one message, nested ones included."""
MAX_TEXT = 1 << 18
"""Characters of text in one message."""
MAX_NAME = 200
"""Characters of a type's name."""
MAX_INTEGER_BITS = 256
MAX_DIGITS = 79
"""Of an integer, with its sign: 2**256 has 78."""
MAX_DIMENSIONS = 32
NUMBER_SIZE = 8
"""Bytes that an element counts for at least: whoever computes with small ones makes them larger."""

LENGTH = struct.Struct("<I")

LOCKED_UP = b"\x01"
"""A worker's first byte on the channel: from here on, what goes wrong is the submission's doing."""
MODULE, RANDOM = 0, 1
"""Handles that every worker starts with: the student's module, and the global generator."""
NO_KEYWORDS: dict[str, list[Any]] = {"d": []}
"""The node of an empty dictionary."""
FROM_BEFORE = "this object is from before: it was not given to this layer"
"""What a judge-side object says that is used after its check has ended."""
SET = "__setattr__"
"""The method by which a setting of a judge-side object is changed."""

_DTYPES = [
    np.dtype(code) for code in "|b1 |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 <f2 <f4 <f8 <c8 <c16".split()
]
_CODE_OF = {dtype: code for code, dtype in enumerate(_DTYPES)}
PLAIN = (bool, int, float, str)
"""Types of a judge-side object's attributes that a worker can be shown."""
_AS_THEY_ARE = frozenset({type(None), bool, float})
_text_of = json.encoder.encode_basestring
_chunks = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, json.JSONEncoder().default, _text_of, None, ":", ",", False, False, True
)
"""What JSONEncoder(check_circular=False, ensure_ascii=False) makes anew for each value."""


class ProtocolError(Exception):
    """The bytes are not a frame that the other side, left alone, could have sent."""


@dataclass(frozen=True, slots=True)
class Ref:
    """An object that lives in the worker, by the number the judge gave it."""

    handle: int


@dataclass(frozen=True, slots=True)
class Exposed:
    """An object that lives in the judge: the worker gets a stub that calls back.

    Attributes:
        id: The judge's number for it.
        type_name: What the stub calls itself.
        methods: Names that call back into the judge.
        attributes: Plain values that the stub shows.
        source: Of the object's class, and those it is derived from, for a stub that answers with
            an object of its own and posts what it was asked; empty for one that waits for the
            judge's answer.
    """

    id: int
    type_name: str
    methods: tuple[str, ...]
    attributes: dict[str, Any]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Opaque:
    """Stands for a value that was not sent: its type's name, and why."""

    type_name: str
    why: str = ""


_qualified_name = type.__dict__["__qualname__"].__get__  # a metaclass may have its own idea of it


_UNNAMED = frozenset({"builtins", "submission", "judge"})
"""Modules that stand before no type's name: those of the worker mean nothing to a student."""


def _type_name(kind: type) -> str:
    module = type.__getattribute__(kind, "__dict__").get("__module__", "builtins")
    prefix = f"{module}." if type(module) is str and module not in _UNNAMED else ""
    return (
        f"{prefix}{_qualified_name(kind)}"[:MAX_NAME].encode("utf-8", "backslashreplace").decode()
    )


class Writer:
    """Writes one frame: an envelope of ours, with values that may be anybody's in it.

    The envelope is plain JSON (lists, text, numbers) and trusted. Values are turned into nodes
    by :meth:`value`, in the order in which they stand in the envelope; a part that cannot cross
    (an object, an array of objects, too much, too deep) becomes :class:`Opaque` in its place.
    Lists are JSON lists; what JSON lacks is an object with a one-letter tag.

    Args:
        room: Bytes of array data that may be written.
    """

    def __init__(self, room: int = MAX_ARRAYS) -> None:
        self.arrays: list[bytes] = []
        self.room = room
        self.items = MAX_ITEMS
        self.text = MAX_TEXT

    def frame(self, envelope: Any) -> bytes:
        """Return the frame, length included."""
        header = "".join(_chunks(envelope, 0)).encode()
        body = b"".join([LENGTH.pack(len(header)), header, *self.arrays])
        return LENGTH.pack(len(body)) + body

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return the node for ``value``, as it is now: what changes it later is not written."""
        kind = type(value)
        if kind is ndarray:
            return self._array(value)
        if kind in _AS_THEY_ARE:
            return value
        if kind is str:
            if len(value) > self.text:
                return _opaque(value, "too much text")
            self.text -= len(value)
            # Lone surrogates cannot be written as UTF-8; show them as escapes.
            return value.encode("utf-8", "backslashreplace").decode()
        if kind is int:
            if value.bit_length() > MAX_INTEGER_BITS:
                return _opaque(value, f"an integer of {value.bit_length()} bits")
            return value
        if kind is list or kind is tuple or kind is dict:
            if len(value) > self.items or depth >= MAX_DEPTH:
                return _opaque(value, "too large or too deep")
            self.items -= len(value)
            inner = depth + 1
            if kind is dict:
                pairs = [[self.value(k, inner), self.value(value[k], inner)] for k in value]
                return {"d": pairs}
            items = [self.value(item, inner) for item in value]
            return items if kind is list else {"t": items}
        # Not isinstance: it would ask the value what it is.
        if issubclass(kind, ndarray):
            return self._array(value)
        if issubclass(kind, generic):
            try:
                node = self._array(asarray(value))
            except Exception:  # a subclass with conversions of its own
                return _opaque(value)
            if "a" in node:
                node["g"] = 1
            return node
        if kind is complex:
            return {"z": [value.real, value.imag]}
        if kind is Ref:
            return {"r": value.handle}
        if kind is Exposed:
            attributes = self.value(value.attributes, depth + 1)
            methods = list(value.methods)
            return {"e": [value.id, value.type_name, methods, attributes, value.source]}
        if kind is Opaque:
            return {"o": [value.type_name, value.why]}
        self.text -= MAX_NAME
        return _opaque(value) if self.text >= 0 else {"o": ["object", ""]}

    def _array(self, array: ndarray[Any, Any]) -> dict[str, Any]:
        subclass = None
        if type(array) is not ndarray:
            subclass = _type_name(type(array))
            array = ndarray.view(array, ndarray)
        code = _CODE_OF.get(array.dtype)
        if code is None:
            little = array.dtype.newbyteorder("<") if array.dtype.kind in "biufc" else None
            code = _CODE_OF.get(little) if little is not None else None
            if code is None:
                return _opaque(array, f"an array of dtype {array.dtype}")
        if array.ndim > MAX_DIMENSIONS or max(array.shape, default=0) > MAX_ARRAYS:
            return _opaque(array, f"an array of shape {array.shape}")
        size = max(array.nbytes, NUMBER_SIZE * array.size)
        if size > self.room:
            return _opaque(array, f"an array of {size / 1e6:,.0f} MB")
        self.room -= size
        written = array if array.dtype == _DTYPES[code] else array.astype(_DTYPES[code])
        self.arrays.append(written.tobytes())
        node: dict[str, Any] = {"a": [code, *array.shape]}
        if subclass:
            node["c"] = subclass
        return node


def crosses_whole(value: Any) -> bool:
    """Whether a value is an array that arrives as it is, up to the order of its elements."""
    return (
        type(value) is ndarray
        and value.dtype in _CODE_OF
        and value.nbytes <= MAX_ARRAYS
        and value.ndim <= MAX_DIMENSIONS
    )


def twin_of(real: Any) -> Any:
    """A copy of a judge-side object that shares nothing that can change, made alike on both sides.

    Where all is plain this is deepcopy's result in a tenth of its time: students copy an
    optimizer for each parameter.
    """
    if all(type(value) in PLAIN for value in vars(real).values()):
        twin = object.__new__(type(real))
        vars(twin).update(vars(real))
        return twin
    return copy.deepcopy(real)


def _opaque(value: Any, why: str = "") -> dict[str, Any]:
    return {"o": [_type_name(type(value)), why]}


def encode(value: Any) -> bytes:
    """Return ``value`` as one frame, length included."""
    writer = Writer()
    return writer.frame(writer.value(value))


class _Reader(threading.local):
    """Rebuilds tagged nodes; :mod:`json` calls it for each object, innermost first, in order."""

    def __init__(self) -> None:
        self.scan = json.JSONDecoder(object_hook=self.node).scan_once  # type: ignore[attr-defined]
        self.begin(memoryview(b""), None)

    def begin(
        self, data: memoryview, subclasses: list[str] | None, numbers: int = MAX_ARRAYS
    ) -> None:
        """Get ready for another frame, whose arrays are in ``data``, with so many elements."""
        self.data = data
        self.numbers = numbers
        self.position = 0
        self.subclasses = subclasses

    def node(self, node: dict[str, Any]) -> Any:
        if "a" in node:
            return self._array(node)
        if len(node) != 1:
            raise ProtocolError("a node needs exactly one tag")
        ((tag, content),) = node.items()
        if tag == "r" and type(content) is int:
            return Ref(content)
        if type(content) is not list:
            raise ProtocolError(f"content of {tag!r}")
        if tag == "t":
            return tuple(content)
        if tag == "d":
            return {_key(key): item for key, item in content}
        if tag == "z":
            real, imaginary = content
            if type(real) is not float or type(imaginary) is not float:
                raise ProtocolError("complex number")
            return complex(real, imaginary)
        if tag == "o":
            type_name, why = content
            return Opaque(_text(type_name)[:MAX_NAME], _text(why)[:MAX_NAME])
        if tag == "e":
            number, type_name, methods, attributes, source = content
            names = tuple([_text(name) for name in methods])
            if type(number) is not int or type(attributes) is not dict:
                raise ProtocolError("exposed object")
            return Exposed(number, _text(type_name), names, attributes, _text(source))
        raise ProtocolError(f"unknown tag {tag!r}")

    def _array(self, node: dict[str, Any]) -> Any:
        code, *shape = node["a"]
        if type(code) is not int or not 0 <= code < len(_DTYPES) or len(shape) > MAX_DIMENSIONS:
            raise ProtocolError("array")
        dtype = _DTYPES[code]
        count = 1
        for size in shape:
            if type(size) is not int or not 0 <= size <= MAX_ARRAYS:
                raise ProtocolError("shape")
            count *= size
        start = self.position
        self.position += count * dtype.itemsize
        self.numbers -= count
        if self.position > len(self.data) or self.numbers < 0:
            raise ProtocolError("an array is longer than its frame, or than it may be")
        array: ndarray[Any, Any] = ndarray(shape, dtype, self.data, start)
        if self.subclasses is not None and "c" in node:
            self.subclasses.append(_text(node["c"])[:MAX_NAME])
        return array[()] if node.get("g") == 1 and not shape else array


def _key(key: Any) -> Any:
    # What is not plain (a tuple, an object that was not sent) becomes a readable text.
    if type(key) in _KEYS:
        return key
    plain = type(key) is tuple and all(type(item) in _KEYS for item in key)
    return repr(key) if plain else f"a {type(key).__name__}"


_KEYS = (str, int, float, bool, type(None))


def _text(node: Any) -> str:
    if type(node) is not str:
        raise ProtocolError("text")
    return node


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ProtocolError("integer")
    return int(digits)


_UNREADABLE = (
    *(ValueError, TypeError, KeyError, OverflowError, RecursionError),
    *(StopIteration, struct.error),
)
_reader = _Reader()  # making a decoder costs as much as using it
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_MANY_ZEROS = b"0" * MAX_DIGITS
_ESCAPED_SURROGATE = re.compile(r"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")
"""An odd number of backslashes, then a surrogate: :class:`Writer` never escapes one."""


def header_length(body: bytes) -> int:
    """How much of a frame's body says that it is no array data; 0 if that is cut off."""
    return int(LENGTH.unpack_from(body)[0]) if len(body) >= LENGTH.size else 0


def parts_of(body: bytes) -> int:
    """How many commas and opening brackets are in a frame's header: more than values to be made."""
    end = LENGTH.size + header_length(body)
    return sum(body.count(mark, LENGTH.size, end) for mark in (b",", b"[", b"{"))


def decode(
    body: bytes | bytearray, subclasses: list[str] | None = None, numbers: int = MAX_ARRAYS
) -> Any:
    """Rebuild a value from a frame's body (without the frame's own length).

    Args:
        body: What followed the length.
        subclasses: Filled with the type names of arrays that were not base ``ndarray``.
        numbers: Elements that all of its arrays together may have.

    Returns:
        Plain values, base arrays (read-only), :class:`Ref`, :class:`Exposed`, :class:`Opaque`.

    Raises:
        ProtocolError: For anything that :class:`Writer` cannot have written. Nothing else.
    """
    try:
        view = memoryview(body).toreadonly()
        (length,) = LENGTH.unpack_from(view)
        if length > MAX_HEADER or LENGTH.size + length > len(view):
            raise ProtocolError("header length")
        start = LENGTH.size + length
        written = bytes(view[LENGTH.size : start])
        header = written.decode()
        if "\\u" in header and _ESCAPED_SURROGATE.search(header):
            raise ProtocolError("an escaped surrogate")
        if length > MAX_DIGITS and _MANY_ZEROS in written.translate(_DIGITS_TO_ZERO):
            json.loads(header, parse_int=_integer)  # in text they are harmless
        _reader.begin(view[start:], subclasses, numbers)
        value, end = _reader.scan(header, 0)
        if end != len(header) or _reader.position != len(_reader.data):
            raise ProtocolError("trailing bytes")
        return value
    except ProtocolError:
        raise
    except _UNREADABLE as error:
        raise ProtocolError(f"{type(error).__name__}: {error}") from None
