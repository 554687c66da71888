"""Which distortions there are: read from what a class does, each with a sentence of its own."""

from __future__ import annotations

import ast

from grader.authoring.distortion import ALWAYS, sentence
from tests.authoring.distortion.layers import ENTRY, SOURCE, all_distortions, facts, run


def test_what_is_noted_of_a_class() -> None:
    """Arguments, kept arrays, what is handed on, flags, refused names, sizes that differ."""
    members = {member.name: member for member in facts().members}
    assert set(members) == {"__init__", "reset", "forward", "backward"}
    forward, backward = members["forward"], members["backward"]
    assert forward.arrays == ["X"]
    assert forward.flags == {"training": True}
    assert forward.keeps == {"self.X": "array"}
    assert forward.arguments == ["self.X"]
    assert forward.returns == {"result": "array"}
    assert forward.sizes == ["X.0", "X.1", "self.W.1"]
    assert backward.scalars == ["lr"]
    assert backward.hands == ["out.step.0", "out.step.1"]
    assert members["__init__"].draws
    assert members["__init__"].refuses == {"kind": ["Half"]}
    assert facts().flags == {"self.trainable": True}
    assert ("Base", "out", False) in facts().bases


def test_ids_and_sentences_tell_distortions_apart() -> None:
    """No two have the same name, and hardly two the same sentence."""
    found = list(all_distortions().values())
    assert len(found) > 1000
    sentences = {sentence(distortion) for distortion in found}
    assert len(sentences) == len(found)
    for text in sentences:
        assert text.endswith(".")
        assert "  " not in text


def test_every_condition_and_change_of_the_catalogue_is_there() -> None:
    """The layer has all that they are about."""
    conditions = {d.condition.key for d in all_distortions().values()}
    assert conditions >= {
        ALWAYS,
        "call 2",
        "call 4",
        "second instance",
        "X.0 = 1",
        "X.1 > 8",
        "X.0 > 100",
        "X square",
        "X.0 again",
        "X.0 another",
        "|X| > 100",
        "|X| < 1e-06",
        "|lr| < 0.001",
        "X float32",
        "X integers",
        "X Fortran",
        "X strided",
        "training is False",
        "after training = False",
        "trainable is False",
        "after trainable = False",
        "reset twice",
    }
    changes = {d.change.key for d in all_distortions().values()}
    assert changes >= {
        "sign",
        "zero",
        "twice",
        "transposed",
        "times lr",
        "over X.0",
        "last row",
        "last column",
        "clip 1000",
        "round",
        "cast X",
        "previous",
        "same buffer",
        "inside",
        "shared",
        "kept",
        "changes X",
        "seeds",
        "draws",
        "puts back",
        "errstate",
        "done twice",
        "renamed",
        "other_case",
        "with_blanks",
        "lacks out",
    }


def test_each_source_is_a_program_of_its_own() -> None:
    """The reference as it is, and behind it what needs nothing of ours; one for each change."""
    seen = set()
    for distortion in all_distortions().values():
        key = (distortion.condition.about, distortion.change.key)
        if key in seen:
            continue
        seen.add(key)
        text = distortion.source(SOURCE)
        assert text.startswith(SOURCE.rstrip())
        assert sentence(distortion) in text
        imported = {
            name
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ImportFrom | ast.Import)
            for name in [getattr(node, "module", None) or node.names[0].name]
        }
        assert not any(name.startswith("grader") for name in imported)
        assert ENTRY in run(text)
