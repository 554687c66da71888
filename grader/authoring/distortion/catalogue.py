"""Which distortions there are of a class: members, places, conditions, changes."""

from __future__ import annotations

from collections.abc import Iterator

from grader.authoring.distortion import (
    ALWAYS,
    Change,
    Condition,
    Distortion,
    Kind,
    place_in_words,
    size_in_words,
)
from grader.authoring.distortion.facts import Facts, Member

# -- conditions ----------------------------------------------------------------------------


def conditions_for(member: Member, facts: Facts) -> Iterator[Condition]:
    """All conditions that a method may be distorted under."""
    yield Condition(ALWAYS, "", "always()", "always")
    made = member.name == "__init__"
    asks = not (member.arrays or member.keeps or member.hands)  # it does nothing with the instance
    for number, word in ((2, "second"), (3, "third"), (4, "fourth")):
        phrase = f"from the {word} call on"
        if not made and not (asks and number > 2):
            yield Condition(f"call {number}", phrase, f"from_call({number})", "time")
    yield Condition("second instance", "in the second instance", "second_instance()", "instance")
    for size in member.sizes:
        shown = size_in_words(size)
        yield Condition(f"{size} = 1", f"if {shown} is 1", f"one({size!r})", "one")
        for limit in (8, 32, 100):
            phrase = f"if {shown} is beyond {limit}"
            yield Condition(f"{size} > {limit}", phrase, f"beyond({size!r}, {limit})", "size")
    for size, other in zip(member.sizes, member.sizes[1:], strict=False):
        if size.rpartition(".")[0] == other.rpartition(".")[0] != "":
            place = size.rpartition(".")[0]
            key, phrase = f"{place} square", f"if {place_in_words(place)} is square"
            if not size.endswith(".0"):  # not the usual square: arrays of more dimensions have it
                both = f"{size_in_words(size)} and {size_in_words(other)}"
                key, phrase = f"{size} = {other}", f"if {both} are equal"
            yield Condition(key, phrase, f"square({size!r}, {other!r})", "square")
    rows = next((size for size in member.sizes if size.endswith(".0")), None)
    if rows and rows.partition(".")[0] in member.arrays:
        shown = size_in_words(rows)
        phrase = f"if {shown} is one that there was before"
        yield Condition(f"{rows} again", phrase, f"seen_before({rows!r})", "batch")
        phrase = f"if {shown} is another one than in the last call"
        yield Condition(f"{rows} another", phrase, f"another({rows!r})", "batch")
    for name in member.sizes:
        if not name.rpartition(".")[0] and member.keeps:  # it may be no size at all
            yield Condition(
                f"{name} > 10000", f"if {name} is beyond 10000", f"beyond({name!r}, 10000)", "size"
            )
    for place in _valued(member):
        shown = place_in_words(place)
        for least in (1e2, 1e4):
            phrase = f"if a number of {shown} is beyond {least:g}"
            yield Condition(f"|{place}| > {least:g}", phrase, f"large({place!r}, {least})", "large")
        for most in (1e-3, 1e-6):
            phrase = f"if all numbers of {shown} are below {most:g}"
            yield Condition(f"|{place}| < {most:g}", phrase, f"small({place!r}, {most})", "small")
    for place in member.arrays:
        for key, phrase, call in (
            ("float32", "is of type float32", f"of_type({place!r}, 'f')"),
            ("integers", "is of integers", f"of_type({place!r}, 'bhilqBHILQ')"),
            ("Fortran", "is in Fortran order", f"fortran({place!r})"),
            ("strided", "is not contiguous", f"strided({place!r})"),
        ):
            about = "type" if key in ("float32", "integers") else "layout"
            yield Condition(f"{place} {key}", f"if {place} {phrase}", call, about)
    if made or asks:
        return
    flags = {**facts.flags, **member.flags}
    for neighbour in facts.members:
        flags = {**neighbour.flags, **flags}
    for flag, usual in flags.items():
        value, shown = not usual, flag.removeprefix("self.")
        if flag in facts.flags or flag in member.flags:
            phrase = f"while {shown} is {value}"
            yield Condition(f"{shown} is {value}", phrase, f"during({flag!r}, {value})", "during")
        phrase = f"after a call with {shown} = {value}"
        yield Condition(f"after {shown} = {value}", phrase, f"after({flag!r}, {value})", "after")
    for neighbour in facts.members:
        arrays = [p for p, kind in neighbour.keeps.items() if kind == "array"]
        sets_up = arrays and not (neighbour.arrays or neighbour.of_the_class)
        if sets_up and neighbour.name not in (member.name, "__init__"):
            phrase = f"after a second {neighbour.name}()"
            yield Condition(
                f"{neighbour.name} twice", phrase, f"again({neighbour.name!r})", "set-up"
            )


def _valued(member: Member) -> list[str]:
    """Where magnitudes are looked at: arguments; without arrays there, what the instance has."""
    if member.arrays:
        return [*member.arrays, *(s for s in member.scalars if s not in member.sizes)]
    if member.draws:
        return []
    return [place for place, kind in member.keeps.items() if kind == "array"]


# -- changes -------------------------------------------------------------------------------


def value_changes(member: Member, place: str, what: str, kind: Kind) -> Iterator[Change]:
    """What may be done to a value, which is an array, a whole number, a number or numbers."""

    def change(key: str, phrase: str, call: str, family: str) -> Change:
        return Change(key, phrase, call, kind, family)

    yield change("sign", "has the other sign", "sign()", "value")
    yield change("zero", "is zero", "zero()", "value")
    yield change("twice", "is twice as large", "twice()", "value")
    for name in member.factors:
        shown = size_in_words(name)
        yield change(f"times {name}", f"is multiplied by {shown}", f"times({name!r})", "factor")
        yield change(f"over {name}", f"is divided by {shown}", f"over({name!r})", "factor")
    if member.name != "__init__":
        yield change("previous", "is that of the call before", f"previous({place!r})", "memory")
    if what not in ("whole", "wholes"):
        yield change("clip 1000", "is clipped to ±1000", "clipped(1000)", "limit")
        yield change("clip 1", "is clipped to ±1", "clipped(1)", "clip")
        yield change("round", "is rounded to 4 decimals", "rounded(4)", "digits")
    if what != "array":
        return
    if place in member.matrices:
        yield change("transposed", "is transposed", "transposed()", "value")
        yield change("last row", "lacks the last row", "last_row_lost()", "value")
    yield change("last column", "lacks the last column", "last_column_lost()", "value")
    if member.arrays and place not in member.arguments:
        first = member.arrays[0]
        phrase = f"has the type of {first}"
        yield change(f"cast {first}", phrase, f"cast({first!r})", "cast")
    if place.startswith("self."):
        if place in member.had:
            yield change("kept", "stays as it was before", f"kept({place!r})", "memory")
        yield change("shared", "is one array for all instances", "shared()", "alias")
    elif kind == "value":
        yield change("same buffer", "is the same array in each call", "same_buffer()", "alias")
        yield change(
            "inside", "is an array that the instance works with later", "inside()", "alias"
        )
        yield change("shared", "is one array for all instances", "shared()", "alias")


def effects(member: Member) -> Iterator[Change]:
    """What a method may leave behind."""

    def effect(key: str, phrase: str, call: str) -> Change:
        return Change(key, phrase, call, "effect", "effect")

    name = f"{member.name}()"
    for argument in (*member.arrays, *member.dicts):
        call = f"argument_changed({argument!r})"
        yield effect(f"changes {argument}", f"{name} changes the caller's {argument}", call)
    yield effect("seeds", f"{name} seeds NumPy's global generator", "generator_seeded()")
    yield effect("draws", f"{name} draws from NumPy's global generator", "generator_drawn()")
    if member.draws:
        phrase = f"{name} puts NumPy's global generator back to where it was"
        yield effect("puts back", phrase, "generator_put_back()")
    yield effect("errstate", f"{name} changes NumPy's error state", "errors_ignored()")
    if member.hands or set(member.had).intersection(member.keeps):
        yield effect("done twice", f"{name} does everything twice", "done_twice()")


NEAR = {
    "other_case": "in capitals",
    "with_blanks": "with blanks around it",
    "beginning": "of which only the beginning is there",
    "longer": "with more behind it",
    "empty": "that is empty",
    "synonym": "that means the same elsewhere",
    "anything": "that nobody knows",
}


def interface(member: Member) -> Iterator[tuple[str, Change]]:
    """What may be wrong with how a method is called: places and changes."""
    for parameter in member.parameters:
        call = f"keyword_renamed({member.name!r}, {parameter!r})"
        yield parameter, Change("renamed", "has another name", call, "interface", "keyword")
    for place, refused in member.refuses.items():
        known = [name for name in member.accepts.get(place, []) if name not in refused]
        if known:
            known = sorted(known, key=str)
            for near, words in NEAR.items():
                given = f"{member.name!r}, {place!r}, {known!r}, {near}"
                call, phrase = f"name_accepted({given})", f"may be a name {words}"
                yield place, Change(near, phrase, call, "interface", "name")


def makes_sense(condition: Condition, change: Change) -> bool:
    """Whether a change may show under a condition: values decide whether a limit does."""
    if condition.about == "always":
        return True
    if change.kind in ("interface", "base"):
        return False
    fitting = {
        "limit": ("large",),
        "digits": ("small",),
        "cast": ("type",),
        "clip": ("time", "instance", "size", "square", "batch", "large", "during", "after"),
    }.get(change.family)
    if fitting is not None:
        return condition.about in fitting
    if condition.about == "one":
        size = condition.key.removesuffix(" = 1")
        return change.key not in (f"times {size}", f"over {size}")
    return True


def distortions(entry: str, facts: Facts) -> list[Distortion]:
    """All distortions of a class."""
    always = Condition(ALWAYS, "", "always()", "always")
    found: list[Distortion] = []
    for member in facts.members:
        conditions = list(conditions_for(member, facts))
        changes: list[tuple[str, Change]] = []
        for place, kind in {**member.returns, **member.keeps}.items():
            made = value_changes(member, place, kind, "value")
            changes += [(place, change) for change in made]
        for place in member.hands:
            changes += [(place, c) for c in value_changes(member, place, "array", "handed")]
        changes += [("", change) for change in effects(member)]
        changes += list(interface(member))
        found += [
            Distortion(entry, member.name, place, condition, change)
            for place, change in changes
            for condition in conditions
            if makes_sense(condition, change)
        ]
    for base, name, is_method in facts.bases:
        function = "moved_to_subclass" if is_method else "made_by_subclass"
        owner = f"next(k for k in entry.__mro__ if k.__name__ == {base!r})"
        call = f"{function}(entry, {owner}, {name!r})"
        phrase = f"{base}'s {name} is only there in {entry}"
        change = Change(f"lacks {name}", phrase, call, "base", "base")
        found.append(Distortion(entry, base, "", always, change))
    return found
