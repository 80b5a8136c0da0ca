"""What printed functions feed a network with, beside what a run feeds it with; nothing needs Keras."""

import __future__

import ast
from typing import Any

import numpy as np

from recipe import api
from recipe.data.reading import read


def parts_of(script: str) -> Any:
    """What `load_splits` of a script returns; nothing of it that needs Keras is run."""
    kept = [
        node
        for node in ast.parse(script).body
        if not isinstance(node, ast.ClassDef | ast.If | ast.Expr)
        and not ast.unparse(node).startswith(("import keras", "import tensorflow", "os.environ"))
        and not (isinstance(node, ast.Assign) and "keras." in ast.unparse(node))
    ]
    names: dict[str, Any] = {}
    module = ast.Module(body=kept, type_ignores=[])
    flags = __future__.annotations.compiler_flag
    exec(compile(module, "script.py", "exec", flags=flags, dont_inherit=True), names)
    return names["load_splits"]()


def assert_equal_parts(spec: api.Spec) -> None:
    """Compare every number that a script feeds with those of the run."""
    printed = parts_of(api.eject(spec))
    dataset = read(spec.program.data, [])
    assert dataset is not None
    assert printed.keys() == dataset.splits.keys()
    weighs = spec.program.data.weight is not None
    assert all(len(arrays) == 2 + weighs for arrays in printed.values())
    for part, arrays in dataset.splits.items():
        inputs, targets, *weights = printed[part]
        named = inputs if isinstance(inputs, dict) else dict.fromkeys(arrays.inputs, inputs)
        assert named.keys() == arrays.inputs.keys()
        pairs = [(named[name], array[:]) for name, array in arrays.inputs.items()]
        pairs += [(targets, next(iter(arrays.targets.values()))[:])]
        pairs += [(found, arrays.weights) for found in weights]
        for found, expected in pairs:
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found, np.asarray(expected))
