"""Presets of KerasHub as layers of the network: built from what the Program keeps, called by their names."""

from collections.abc import Mapping
from typing import Any

from recipe.compiler import presets
from recipe.compiler.constructing import first_sentence
from recipe.compiler.preset_configurations import refusal
from recipe.diagnostics.presets import OutputNotNamed, PresetRefused
from recipe.diagnostics.problems import RecipeError
from recipe.diagnostics.shapes import ObjectRefused
from recipe.program.backbones import Found, found_in
from recipe.program.graphs import Layer

USUAL_OUTPUT = "pooled_output"


def build_backbone(layer: Layer) -> Any:
    """The network of a preset, its weights without values; needs no preset, only KerasHub.

    Args:
        layer: settled, with what was found in its preset.

    Raises:
        RecipeError: R560 without KerasHub, R402 when it refuses the arguments, R684 when they are no data.
    """
    found = _found(layer)
    preset = str(layer.call["preset"])
    kind = presets.backbone_class({"class_name": found.kind}, layer.span, preset)
    config = presets.plain(found.config)
    if foreign := refusal(config):  # a run folder is data, as a preset is
        raise RecipeError([PresetRefused(layer.span, preset, presets.CONFIG, foreign)])
    config |= {"name": layer.name, "dtype": layer.call["dtype"]}
    try:
        return kind.from_config(config)
    except (TypeError, ValueError) as refused:
        reason = first_sentence(refused)
        raise RecipeError([ObjectRefused(layer.call.origin.span, found.kind, reason)]) from refused


def call_backbone(built: Any, layer: Layer, named: Mapping[str, Any]) -> Any:
    """The output of a backbone that a spec wants.

    Args:
        built: the network.
        layer: that is called.
        named: what it is fed, by its names.

    Raises:
        RecipeError: R407 when it has several outputs and it is not clear which.
    """
    found = _found(layer)
    fed = dict(named) if isinstance(built.input, Mapping) else next(iter(named.values()))
    outputs, written = built(fed), layer.call["output"]
    if not found.outputs and written is None:
        return outputs
    wanted = written or (USUAL_OUTPUT if USUAL_OUTPUT in found.outputs else "")
    if wanted not in found.outputs:
        span = layer.call.span_of("output" if written else "preset")
        raise RecipeError([OutputNotNamed(span, layer.call.name, found.outputs, str(written or ""))])
    return outputs[wanted]


def _found(layer: Layer) -> Found:
    found = found_in(layer.call)
    if found is None:
        raise ValueError("a Program whose presets were read is expected")
    return found
