"""The wire: what goes in comes out, and bytes that nobody wrote give ProtocolError or a value."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from grader.sandbox import codec
from grader.sandbox.codec import Exposed, Opaque, ProtocolError, Ref

CODES = "|b1 |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 <f2 <f4 <f8 <c8 <c16".split()
WIDE_CODES = [code for code in CODES if code[0] == "<"]

Array = np.ndarray[Any, Any]


def array_of(code: str, shape: tuple[int, ...], seed: int) -> Array:
    """Return an array of arbitrary bytes, NaN payloads and denormals included."""
    dtype = np.dtype(code)
    count = int(np.prod(shape, dtype=int))
    data = np.random.default_rng(seed).bytes(count * dtype.itemsize)
    if dtype.kind == "b":
        data = bytes(byte & 1 for byte in data)
    return np.frombuffer(data, dtype).reshape(shape).copy()


SHAPES = array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
CODE, SEEDS = st.sampled_from(CODES), st.integers(0, 999)
ARRAYS = st.builds(array_of, CODE, SHAPES, SEEDS)
SCALARS = st.builds(lambda code, seed: array_of(code, (1,), seed)[0], CODE, SEEDS)
INTEGERS = st.integers(-(2**255), 2**255)
PLAIN = st.one_of(
    st.none(), st.booleans(), INTEGERS, st.floats(), st.complex_numbers(), st.text(max_size=8)
)
KEYS = st.one_of(st.none(), st.booleans(), INTEGERS, st.floats(), st.text(max_size=8))
NAMES = st.text(max_size=5)
HANDLES = st.builds(Ref, st.integers(0, 2**40))
OPAQUES = st.builds(Opaque, NAMES, NAMES)
EXPOSED = st.builds(
    Exposed,
    st.integers(-100, 100),
    NAMES,
    st.lists(NAMES, max_size=3).map(tuple),
    st.dictionaries(NAMES, PLAIN, max_size=3),
    NAMES,
)
VALUES = st.recursive(
    st.one_of(PLAIN, ARRAYS, SCALARS, HANDLES, OPAQUES, EXPOSED),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4),
    ),
    max_leaves=8,
)


def sent(value: Any) -> Any:
    """Return ``value`` as it arrives on the other side."""
    frame = codec.encode(value)
    (length,) = codec.LENGTH.unpack_from(frame)
    assert length == len(frame) - codec.LENGTH.size
    return codec.decode(frame[codec.LENGTH.size :])


def body_of(header: bytes | str, data: bytes = b"") -> bytes:
    """Return a frame's body with any header and any bytes behind it."""
    raw = header.encode() if isinstance(header, str) else header
    return codec.LENGTH.pack(len(raw)) + raw + data


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal in type, structure and every bit, NaN and -0.0 included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        alike = one.dtype == other.dtype and one.shape == other.shape
        return bool(alike and one.tobytes() == other.tobytes())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, float | complex):
        return repr(one) == repr(other)
    if isinstance(one, Exposed):
        names = [(e.id, e.type_name, e.methods, e.source) for e in (one, other)]
        return names[0] == names[1] and same(one.attributes, other.attributes)
    return bool(one == other)


def value_or_refusal(body: bytes) -> Any:
    """Decode ``body``; a ProtocolError counts as an answer, any other exception escapes."""
    try:
        return codec.decode(body, [])
    except ProtocolError as error:
        return error


# -- what is sent arrives ------------------------------------------------------------------


@settings(deadline=None)
@given(VALUES)
def test_nested_values_arrive_as_they_were(value: Any) -> None:
    """Lists, tuples, dictionaries and everything in them keep type, order and bits."""
    assert same(sent(value), value)


@settings(deadline=None)
@given(ARRAYS)
def test_arrays_arrive_as_plain_readonly_arrays(array: Array) -> None:
    """An array comes back bit for bit, as a base ndarray in C order that nobody can write to."""
    arrived = sent(array)
    assert type(arrived) is np.ndarray
    assert same(arrived, array)
    assert arrived.flags.c_contiguous
    assert not arrived.flags.writeable


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3), (1, 2, 3, 4)])
def test_every_dtype_and_shape_arrives(code: str, shape: tuple[int, ...]) -> None:
    """Each dtype of the allow-list works with no, zero and several dimensions."""
    array = array_of(code, shape, seed=1)
    assert same(sent(array), array)


@pytest.mark.parametrize("code", CODES)
def test_numpy_scalars_stay_scalars(code: str) -> None:
    """A NumPy scalar is not turned into an array, nor into a Python number."""
    scalar = array_of(code, (1,), seed=2)[0]
    assert same(sent(scalar), scalar)
    assert same(sent(np.asarray(scalar)), np.asarray(scalar))


@pytest.mark.parametrize(
    "layout",
    [
        lambda array: np.asfortranarray(array),
        lambda array: array.T,
        lambda array: array[::2, 1:],
        lambda array: array[::-1, ::-3],
        lambda array: np.broadcast_to(array[:1], (5, array.shape[1])),
    ],
    ids=["fortran", "transposed", "strided", "reversed", "broadcast"],
)
def test_memory_layout_is_normalised(layout: Any) -> None:
    """However an array lies in memory, its values arrive in C order."""
    array = layout(np.arange(24.0).reshape(4, 6))
    arrived = sent(array)
    assert same(arrived, np.ascontiguousarray(array))
    assert arrived.flags.c_contiguous


@pytest.mark.parametrize("code", WIDE_CODES)
def test_big_endian_is_normalised(code: str) -> None:
    """Big-endian arrays and scalars arrive with equal values, little-endian."""
    little = np.arange(6).reshape(2, 3).astype(code)
    big = little.astype(little.dtype.newbyteorder(">"))
    assert same(sent(big), little)
    assert same(sent(big[1, 2]), little[1, 2])


def test_other_names_of_a_dtype_are_the_same_dtype() -> None:
    """C's `long long` and dtypes with metadata are what their bytes are."""
    assert same(sent(np.ones(2, np.longlong)), np.ones(2, np.int64))
    tagged = np.dtype("<f8", metadata={"unit": "m"})
    assert same(sent(np.ones(2, tagged)), np.ones(2))


def test_sequences_and_mappings_are_told_apart() -> None:
    """A list, a tuple and a dictionary with the same content stay three different things."""
    values: list[Any] = [[1, 2], (1, 2), {1: 2}, [], (), {}, [()], ([],), {"d": [], "t": ()}]
    assert same(sent(values), values)


def test_special_floats_arrive() -> None:
    """NaN, the infinities and negative zero survive JSON, alone and in arrays."""
    specials = [float("nan"), float("inf"), float("-inf"), -0.0, complex("nan-infj")]
    assert same(sent(specials), specials)
    assert same(sent(np.array(specials)), np.array(specials))


@given(st.one_of(HANDLES, OPAQUES, EXPOSED))
def test_references_arrive(value: Any) -> None:
    """References, stand-ins and exposed objects are values of the wire like any other."""
    assert same(sent(value), value)


def test_dictionary_keys_that_are_not_plain_become_text() -> None:
    """A tuple or an object as key arrives as something readable that can be looked up."""
    arrived = sent({(1, 2): "pair", 3: "number"})
    assert arrived == {"(1, 2)": "pair", 3: "number"}


class Meters(np.ndarray[Any, Any]):
    """A subclass of ndarray."""


def test_subclasses_arrive_as_base_arrays_and_are_named() -> None:
    """The judge learns that it was a matrix, and is given a plain array."""
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix([[1.0, 2.0]])
    lengths = np.arange(3.0).view(Meters)
    seen: list[str] = []
    frame = codec.encode([matrix, lengths, np.ones(2)])
    arrived = codec.decode(frame[codec.LENGTH.size :], seen)
    assert same(arrived, [np.array([[1.0, 2.0]]), np.arange(3.0), np.ones(2)])
    assert seen[0].endswith("matrix")
    assert seen[1].endswith("Meters")
    assert len(seen) == 2


# -- what cannot be sent -------------------------------------------------------------------


class Thing:
    """An object of a class that the wire does not know."""


class Sum(int):
    """A subclass of a plain type."""


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (np.array([1, "a"], dtype=object), "ndarray"),
        (np.array(["a"]), "ndarray"),
        (np.zeros(2, [("x", "f8")]), "ndarray"),
        (np.ones(2, np.longdouble), "ndarray"),
        ((i for i in range(3)), "generator"),
        (10**10000, "int"),
        (-(10**10000), "int"),
        (Sum(3), "Sum"),
        (Thing(), "Thing"),
        (Thing, "type"),
        (b"bytes", "bytes"),
        ({1, 2}, "set"),
        (range(3), "range"),
        (np.broadcast_to(np.zeros(1), (2**40,)), "ndarray"),
        (np.broadcast_to(np.zeros(1, np.int8), (2**20, 2**20)), "ndarray"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_cannot_cross_becomes_opaque_in_its_place(value: Any, name: str) -> None:
    """A value that is not plain data is named, and its neighbours arrive unharmed."""
    before, stand_in, after = sent([1.5, value, (2, "x")])
    assert (before, after) == (1.5, (2, "x"))
    assert isinstance(stand_in, Opaque)
    assert name in stand_in.type_name


@pytest.mark.parametrize(
    "value",
    [
        np.broadcast_to(np.zeros(1), (2**40,)),
        "x" * (codec.MAX_TEXT + 1),
        [0] * (codec.MAX_ITEMS + 1),
    ],
    ids=["array", "text", "items"],
)
def test_one_value_that_is_too_large_leaves_room_for_the_others(value: Any) -> None:
    """What was too large has not been sent, so it does not use up the frame."""
    stand_in, array, text, items = sent([value, np.ones(2), "short", [1, 2]])
    assert isinstance(stand_in, Opaque)
    assert same([array, text, items], [np.ones(2), "short", [1, 2]])


def test_arrays_share_one_limit() -> None:
    """Many arrays that are each small enough do not make a frame of any size."""
    half = np.broadcast_to(np.zeros(1), (codec.MAX_ARRAYS // 16 + 1,))
    writer = codec.Writer()
    nodes = writer.value([half, half, half])
    assert ["o" in node for node in nodes] == [False, True, True]


def test_nesting_is_cut_where_it_is_too_deep() -> None:
    """A hundred lists inside each other arrive as the outer ones, with an Opaque inside."""
    value: Any = "core"
    for _ in range(100):
        value = [value]
    arrived, depth = sent(value), 0
    while isinstance(arrived, list):
        (arrived,) = arrived
        depth += 1
    assert isinstance(arrived, Opaque)
    assert depth == codec.MAX_DEPTH


def test_a_list_that_contains_itself_is_cut() -> None:
    """Endless nesting ends at the limit of depth."""
    endless: list[Any] = [1]
    endless.append(endless)
    arrived = sent(endless)
    assert arrived[0] == arrived[1][0] == 1


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\udc80 end"])
def test_lone_surrogates_become_escapes(text: str) -> None:
    """Text that UTF-8 cannot hold arrives as readable escapes."""
    assert sent(text) == text.encode("utf-8", "backslashreplace").decode()


@pytest.mark.parametrize(
    "text",
    ["\\ud800", "C:\\udata", "1" * 150, "\\" * 7, '"}],[{"a":[0]}', "\0\x1f\u2028", "\U0001f600"],
    ids=["backslash-u", "path", "digits", "backslashes", "json", "controls", "emoji"],
)
def test_any_text_arrives(text: str) -> None:
    """Text is only text, whatever it looks like in the header."""
    assert sent([text, {text: text}]) == [text, {text: text}]


@pytest.mark.parametrize(
    "array",
    [np.ones((1,) * 40), np.empty((0, 2**40)), np.empty((2**40, 0), np.int8)],
    ids=["forty dimensions", "empty and wide", "empty and long"],
)
def test_arrays_of_odd_shapes_arrive_or_are_opaque(array: Array) -> None:
    """What the writer writes the reader reads: a strange array does not break the channel."""
    before, arrived, after = sent([1, array, 2])
    assert (before, after) == (1, 2)
    assert isinstance(arrived, Opaque) or same(arrived, array)


def test_a_type_name_that_utf8_cannot_hold_is_shown_with_escapes() -> None:
    """A class may be called anything; its name is text like other text."""
    odd = type("Odd", (), {})
    odd.__qualname__ = "odd\ud800"
    (stand_in,) = sent([odd()])
    assert isinstance(stand_in, Opaque)
    assert stand_in.type_name.endswith("odd\\ud800")


class Unruly:
    """An object that raises when it is looked at."""

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        raise RuntimeError("look away")


def test_an_object_that_raises_when_looked_at_does_not_garble_the_frame() -> None:
    """A value that makes the writer raise leaves nothing of itself behind in the frame."""
    writer = codec.Writer()
    try:
        first = writer.value([np.ones(3), Unruly()])
    except RuntimeError:
        first = None
    frame = writer.frame([first, writer.value(np.zeros(2))])
    assert same(codec.decode(frame[codec.LENGTH.size :])[1], np.zeros(2))


# -- hostile frames ------------------------------------------------------------------------


REFUSED: dict[str, tuple[bytes | str, bytes]] = {
    "200,000 nested lists": ("[" * 200_000 + "]" * 200_000, b""),
    "50,000 nested tuples": ('{"t":' * 50_000 + "[]" + "}" * 50_000, b""),
    "array of 2**62 elements": ('{"a":[11,2147483648,2147483648]}', b""),
    "array of 2**64 elements": ('{"a":[11,4611686018427387904,4]}', b""),
    "empty array too big to index": ('{"a":[11,0,67108864,67108864,67108864]}', b""),
    "array one byte short": ('{"a":[11,2]}', b"\0" * 15),
    "negative size": ('{"a":[11,-1]}', b"\0" * 8),
    "bool as size": ('{"a":[11,true]}', b"\0" * 8),
    "float as size": ('{"a":[11,1.0]}', b"\0" * 8),
    "text as size": ('{"a":[11,"1"]}', b"\0" * 8),
    "null as size": ('{"a":[11,null]}', b""),
    "unknown dtype": ('{"a":[14,1]}', b"\0" * 8),
    "negative dtype": ('{"a":[-1,1]}', b"\0" * 16),
    "bool as dtype": ('{"a":[true,1]}', b"\0"),
    "dtype by name": ('{"a":["O",1]}', b"\0" * 8),
    "array of nothing": ('{"a":[]}', b""),
    "array of a number": ('{"a":7}', b""),
    "array of null": ('{"a":null}', b""),
    "65 dimensions": ('{"a":[11' + ",1" * 65 + "]}", b"\0" * 8),
    "a byte left over": ('{"a":[11,1]}', b"\0" * 9),
    "a byte without array": ("[1]", b"\0"),
    "unknown tag": ('{"x":[1]}', b""),
    "no tag": ("{}", b""),
    "two tags": ('{"t":[],"d":[]}', b""),
    "tuple of an object": ('{"t":{}}', b""),
    "pair of three": ('{"d":[[1,2,3]]}', b""),
    "pair of a number": ('{"d":[1]}', b""),
    "unbalanced": ('{"d":[[[],1]]', b""),
    "half a complex number": ('{"z":[1]}', b""),
    "complex number of a word": ('{"z":["one",2]}', b""),
    "complex number of a list": ('{"z":[[],2]}', b""),
    "complex number of a complex number": ('{"z":[{"a":[13],"g":1},0.0]}', b"\0" * 16),
    "reference by bool": ('{"r":true}', b""),
    "reference by text": ('{"r":"1"}', b""),
    "reference by list": ('{"r":[1]}', b""),
    "stand-in without text": ('{"o":["x",1]}', b""),
    "stand-in without reason": ('{"o":["x"]}', b""),
    "exposed method not text": ('{"e":[1,"x",[1],{"d":[]},""]}', b""),
    "exposed attributes not a dictionary": ('{"e":[1,"x",["y"],[],""]}', b""),
    "exposed number not a number": ('{"e":["1","x",["y"],{"d":[]},""]}', b""),
    "exposed source not text": ('{"e":[1,"x",["y"],{"d":[]},1]}', b""),
    "exposed without source": ('{"e":[1,"x",["y"],{"d":[]}]}', b""),
    "5,000 digits": ("9" * 5000, b""),
    "4,000 digits below zero": ("[-" + "9" * 4000 + "]", b""),
    "escaped surrogate": ('"\\ud800"', b""),
    "escaped surrogate as key": ('{"d":[["\\uDFFF",1]]}', b""),
    "surrogate as it is": (b'"\xed\xa0\x80"', b""),
    "not UTF-8": (b'"\xff"', b""),
    "surrogate in UTF-16": ('"\ud800"'.encode("utf-16", "surrogatepass"), b""),
    "4,000 digits in UTF-16": (("9" * 4000).encode("utf-16"), b""),
    "UTF-32": ("[1]".encode("utf-32"), b""),
    "byte order mark": (b"\xef\xbb\xbf[1]", b""),
    "nothing": ("", b""),
    "half a list": ("[1", b""),
    "two values": ("[1] 2", b""),
    "not JSON": ("[undefined]", b""),
}


@pytest.mark.parametrize(("header", "data"), REFUSED.values(), ids=REFUSED)
def test_frames_that_no_writer_writes_are_refused(header: bytes | str, data: bytes) -> None:
    """Each of these is a ProtocolError, and none of them costs memory that it only claims."""
    with pytest.raises(ProtocolError):
        codec.decode(body_of(header, data), [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0\0\0",
        b"\0\0\0\0",
        codec.LENGTH.pack(100) + b"[1]",
        codec.LENGTH.pack(2**32 - 1) + b"[1]",
        codec.LENGTH.pack(2) + b"[1]",
    ],
)
def test_header_lengths_that_do_not_fit_are_refused(body: bytes) -> None:
    """A header has to be as long as it says, and inside its frame."""
    with pytest.raises(ProtocolError):
        codec.decode(body)


@pytest.mark.parametrize(
    ("header", "data"),
    [
        ('{"a":[0,1],"a":[0,1]}', b"\1"),
        ('{"a":[0,1],"x":1}', b"\1"),
        ('{"a":[0,1],"g":true}', b"\1"),
        ('{"a":[0,1],"c":7}', b"\1"),
        ('{"a":[0,1],"c":{"t":[]}}', b"\1"),
        ('{"t":[1],"t":[2]}', b""),
        ('{"d":[[NaN,1],[NaN,2]]}', b""),
        ('{"d":[[{"a":[0,1]},1]]}', b"\1"),
        ('{"d":[[{"d":[]},1]]}', b""),
        ('{"d":["ab"]}', b""),
        ('{"d":[{"a":[11,2]}]}', b"\0" * 16),
        ('{"z":["1e999","nan"]}', b""),
        ('{"z":[{"a":[11,1]},0]}', b"\0" * 8),
        ('{"e":[1,"x","ab",{"d":[]},""]}', b""),
        ("[1e999,-1e999,NaN,Infinity]", b""),
        ('["\\ud83d\\ude00"]', b""),
    ],
    ids=str,
)
def test_oddly_written_frames_give_a_value_or_are_refused(header: str, data: bytes) -> None:
    """What JSON lets through either has a plain meaning or is a ProtocolError."""
    answer = value_or_refusal(body_of(header, data))
    assert isinstance(answer, ProtocolError) or sent([answer])


def mutated(frame: bytes, dice: random.Random) -> bytes:
    """Return ``frame`` with a few bytes changed, removed, doubled or put in from elsewhere."""
    data = bytearray(frame)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(data) + 1)
        span = slice(place, place + dice.choice([1, 1, 1, 2, 4, 9]))
        kind = dice.randrange(6)
        if kind == 0:
            data[span] = dice.randbytes(1)
        elif kind == 1:
            data[span] = b""
        elif kind == 2:
            data[place:place] = data[span]
        elif kind == 3:
            data[span] = dice.choice(b'[]{},:"0123456789-atdozergc').to_bytes()
        elif kind == 4:
            tokens = (b"null", b"true", b"1e9", b'{"a":[11,1]}', b"[]", b'"t"', b"NaN", b"-1")
            data[place:place] = dice.choice(tokens)
        else:
            data[:4] = codec.LENGTH.pack(dice.randrange(len(data) + 2))
    return bytes(data)


def test_mutated_frames_give_a_value_or_are_refused() -> None:
    """Thousands of damaged frames: never another exception, and every value can be sent on."""
    dice = random.Random(0)
    values = [
        [np.arange(3.0), np.array([[True]]), np.float32(1.5), "text", 2**200],
        {"a": (1, 2.5, None), "b": {"c": [np.zeros((2, 0, 3), np.int16)]}, 3: complex(1, -2)},
        [Ref(3), Opaque("x.Y", "why"), Exposed(1, "SGD", ("update",), {"learning_rate": 0.1})],
        [7, "done", [["ok", [1, (2,)]], ["raised", "ValueError", "no", [[3, "f"]], {}]], []],
    ]
    bodies = [codec.encode(value)[codec.LENGTH.size :] for value in values]
    refused = 0
    for number in range(4000):
        answer = value_or_refusal(mutated(bodies[number % len(bodies)], dice))
        if isinstance(answer, ProtocolError):
            refused += 1
        else:
            sent(answer)
    assert 0 < refused < 4000


@settings(deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=30))
def test_arbitrary_bytes_are_a_value_or_refused(header: bytes, data: bytes) -> None:
    """Bytes from anywhere, with a header length that fits and without."""
    value_or_refusal(header)
    answer = value_or_refusal(body_of(header, data))
    assert isinstance(answer, ProtocolError) or sent([answer])


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 40), st.floats(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.sampled_from("atdzoergcx"), inner, max_size=2),
        st.fixed_dictionaries({"a": st.lists(st.integers(-1, 14), max_size=3)}),
        st.fixed_dictionaries({"d": st.lists(st.lists(inner, min_size=2, max_size=2), max_size=2)}),
    ),
    max_leaves=15,
)


@settings(deadline=None)
@given(JSON, st.binary(max_size=40))
def test_arbitrary_nodes_are_a_value_or_refused(header: Any, data: bytes) -> None:
    """Headers made of the wire's own tags in every wrong combination."""
    body = body_of(json.dumps(header), data)
    answer = value_or_refusal(body)
    assert isinstance(answer, ProtocolError) or sent([answer])
