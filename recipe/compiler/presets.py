"""Presets of KerasHub, read: what each holds, checked before a class that it names is built.

A preset is a folder, or what KerasHub fetches as one: `config.json` names the class and its arguments,
`model.weights.h5` has the weights, `tokenizer.json` and `image_converter.json` say what the inputs are.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras

from recipe.catalog.calls import Call, Value
from recipe.catalog.leaves import PresetText
from recipe.compiler.constructing import first_sentence
from recipe.compiler.preset_configurations import refusal
from recipe.compiler.weights import without_values
from recipe.diagnostics.presets import PresetNotRead, PresetRefused
from recipe.diagnostics.problems import RecipeError
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import meant
from recipe.program.backbones import Found, held
from recipe.program.calling import BACKBONE
from recipe.program.packages import hub

CONFIG, TOKENIZER, CONVERTER = "config.json", "tokenizer.json", "image_converter.json"
LARGEST_CONFIG = 1 << 20  # bytes; those of KerasHub have a few thousand
SPECS_OWN = ("name", "trainable", "dtype")  # what a spec says of a layer, and no preset


def find(call: Call) -> Mapping[str, Value]:
    """What the preset of a backbone or of a tokenizer holds.

    Args:
        call: of the spec.

    Raises:
        RecipeError: R560 without KerasHub, R683 when it cannot be read, R684 when it is refused.
    """
    return held(_backbone(call)) if call.target == BACKBONE else _tokenizer(call)


def _backbone(call: Call) -> Found:
    """A network; its weights are not read, but for their fingerprint."""
    preset, span = str(call["preset"]), call.span_of("preset")
    hub(span)  # its classes are registered then
    written = _configuration(preset, span)
    kind = backbone_class(written, span, preset)
    config = {name: _value(one) for name, one in written.get("config", {}).items() if name not in SPECS_OWN}
    try:
        network = without_values(lambda: kind.from_config(plain(config)))
    except Exception as refused:  # whatever KerasHub raises on arguments that do not go together
        raise RecipeError([_not_read(preset, span, refused)]) from refused
    scale, offset = _range(preset, span)
    return Found(
        kind=kind.__name__,
        config=config,
        inputs=_names(network.input) or (network.inputs[0].name,),
        outputs=_names(network.output),
        fingerprint=_fingerprint(preset) if call["load_weights"] else "",
        padding=_padding(preset, span),
        scale=scale,
        offset=offset,
    )


def _tokenizer(call: Call) -> Mapping[str, Value]:
    """A tokenizer: its class, its arguments and its files, and the ids that stand around a text."""
    preset, span = str(call["tokenizer"]), call.span_of("tokenizer")
    tokenizer = _part(preset, TOKENIZER, hub(span).tokenizers.Tokenizer, span)
    if tokenizer is None:
        told = PresetNotRead(span, preset, PresetText.is_path(preset), f"it has no `{TOKENIZER}`")
        raise RecipeError([told])
    config = {name: one for name, one in tokenizer.get_config().items() if not isinstance(one, dict)}
    ids = {name: getattr(tokenizer, f"{name}_token_id", None) for name in ("start", "end", "pad")}
    return {
        "kind": type(tokenizer).__name__,
        "config": {name: _value(one) for name, one in config.items() if name not in SPECS_OWN},
        "assets": _assets(tokenizer),
        "start": ids["start"],
        "end": ids["end"],
        "padding": int(ids["pad"] or 0),
        "vocabulary": int(tokenizer.vocabulary_size()),
    }


def _assets(tokenizer: Any) -> Mapping[str, Value]:
    """The files of a tokenizer, by name, in base64."""
    with TemporaryDirectory() as folder:
        if tokenizer.file_assets:
            tokenizer.save_assets(folder)
        return {
            path.name: base64.b64encode(path.read_bytes()).decode() for path in sorted(Path(folder).iterdir())
        }


def load_weights(call: Call, network: Any) -> None:
    """Give a network the weights of its preset.

    Args:
        call: of the spec; what it was built from must still be what the preset holds.
        network: built, of the preset's class.

    Raises:
        RecipeError: R683 when they cannot be read.
    """
    preset, span = str(call["preset"]), call.span_of("preset")
    _configuration(preset, span)
    try:
        trained = hub(span).models.Backbone.from_preset(_named(preset), dtype="float32")
        for weight, value in zip(network.weights, trained.weights, strict=True):
            weight.assign(value)
    except Exception as failed:  # whatever KerasHub, its downloads or HDF5 raise
        raise RecipeError([_not_read(preset, span, failed)]) from failed


def backbone_class(held: Mapping[str, Any], span: Span | None, preset: str) -> Any:
    """The class of a configuration, of KerasHub itself.

    Args:
        held: content of `config.json`.
        span: of the preset.
        preset: as it is called.

    Raises:
        RecipeError: R684 for any other class.
    """
    models = hub(span).models
    found = getattr(models, str(held.get("class_name")), None)
    if not (isinstance(found, type) and issubclass(found, models.Backbone) and found is not models.Backbone):
        said = f"names the class `{held.get('class_name')}`, which is no backbone of KerasHub"
        raise RecipeError([PresetRefused(span, preset, CONFIG, said)])
    return found


# -- reading -------------------------------------------------------------------------------------


def _configuration(preset: str, span: Span | None) -> Mapping[str, Any]:
    """The checked class and arguments of a preset; of another library, what KerasHub makes of it."""
    held = _json(preset, CONFIG, span)
    if held is None:
        raise RecipeError([PresetNotRead(span, preset, PresetText.is_path(preset), f"it has no `{CONFIG}`")])
    if "registered_name" in held:
        return held
    try:  # of Transformers or timm, which name no classes that are imported
        general = hub(span).models.Backbone
        found = without_values(lambda: general.from_preset(_named(preset), load_weights=False))
    except Exception as failed:
        raise RecipeError([_not_read(preset, span, failed)]) from failed
    written: Mapping[str, Any] = json.loads(json.dumps(keras.saving.serialize_keras_object(found)))
    return written


def _json(preset: str, file: str, span: Span | None) -> dict[str, Any] | None:
    """A file of a preset, if it has one; refused when it names what may not be built."""
    path = _file(preset, file, span)
    if path is None:
        return None
    try:
        if path.stat().st_size > LARGEST_CONFIG:
            raise ValueError(f"`{file}` has more than {LARGEST_CONFIG:,} bytes")
        held = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(held, dict) or not isinstance(held.get("config", {}), dict):
            raise ValueError(f"`{file}` is no configuration")
    except (OSError, ValueError, RecursionError) as error:
        raise RecipeError([_not_read(preset, span, error)]) from error
    if refused := refusal(held):
        raise RecipeError([PresetRefused(span, preset, file, refused)])
    return held


def _file(preset: str, file: str, span: Span | None) -> Path | None:
    """Where a file of a preset lies, fetched where it must be; None where there is none."""
    if PresetText.is_path(preset):
        folder = Path(preset)
        if not folder.is_dir():
            raise RecipeError([PresetNotRead(span, preset, True, "there is no such folder")])
        return folder / file if (folder / file).is_file() else None
    hub(span)
    from keras_hub.src.utils.preset_utils import get_file

    try:
        return Path(get_file(_named(preset), file))
    except FileNotFoundError as absent:  # or the hub cannot be reached
        if file == CONFIG:
            raise RecipeError([_not_read(preset, span, absent.__cause__ or absent)]) from absent
        return None
    except Exception as failed:  # of Kaggle, of Hugging Face, or of the network
        raise RecipeError([_not_read(preset, span, failed)]) from failed


def _named(preset: str) -> str:
    """A preset as KerasHub takes it; a name without a `/` is never a folder that lies here by chance."""
    known = () if "/" in preset else tuple(hub(None).models.Backbone.presets)
    if "/" in preset or preset in known:
        return preset
    nearest = meant(preset, known)
    raise ValueError(
        "KerasHub has no preset of that name" + (f"; did you mean `{nearest}`?" if nearest else "")
    )


def _not_read(preset: str, span: Span | None, error: BaseException) -> PresetNotRead:
    return PresetNotRead(span, preset, PresetText.is_path(preset), first_sentence(error))


# -- what is found -------------------------------------------------------------------------------


def _names(tensors: Any) -> tuple[str, ...]:
    return tuple(tensors) if isinstance(tensors, Mapping) else ()


def _value(held: Any) -> Value:
    """What JSON holds as a value of a Program, whose lists are tuples."""
    if isinstance(held, dict):
        return {name: _value(one) for name, one in held.items()}
    return tuple(map(_value, held)) if isinstance(held, list) else held


def plain(value: Any) -> Any:
    """A value of a Program as JSON held it."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    return list(map(plain, value)) if isinstance(value, tuple) else value


def _fingerprint(preset: str) -> str:
    """sha256 over the weights of a folder; an address stands for what it names."""
    if not PresetText.is_path(preset):
        return preset
    digest = hashlib.sha256()
    for path in sorted(Path(preset).glob("*.weights.*")) + sorted(Path(preset).glob("*.safetensors")):
        with path.open("rb") as file:
            digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _padding(preset: str, span: Span | None) -> int:
    """The id that the preset's tokenizer fills texts up with; 0 where it has none."""
    tokenizer = _part(preset, TOKENIZER, hub(span).tokenizers.Tokenizer, span)
    return int(getattr(tokenizer, "pad_token_id", None) or 0)


def _part(preset: str, file: str, kind: Any, span: Span | None) -> Any:
    """The tokenizer or image converter of a preset, checked before it is built; None where it has none.

    What KerasHub makes of a preset of another library names no classes, and is not checked.

    Args:
        preset: as it is called.
        file: that says it, in a preset of KerasHub.
        kind: its class, or one above.
        span: of the preset.
    """
    is_of_keras_hub = "registered_name" in (_json(preset, CONFIG, span) or {})
    if is_of_keras_hub and _json(preset, file, span) is None:
        return None
    try:
        return kind.from_preset(_named(preset))
    except Exception as failed:  # whatever KerasHub, TensorFlow Text or SentencePiece raise
        if not is_of_keras_hub:
            return None
        raise RecipeError([_not_read(preset, span, failed)]) from failed


Factors = float | tuple[float, ...]


def _range(preset: str, span: Span | None) -> tuple[Factors | None, Factors | None]:
    """By what the image converter multiplies images from 0 to 255, and what it adds; None without one."""
    general = hub(span).layers.ImageConverter
    converter = _part(preset, CONVERTER, general, span)
    if converter is None:
        return None, None
    if type(converter).call is not general.call or type(converter)._call_python is not general._call_python:
        said = f"names `{type(converter).__name__}`, which does more than scaling and adding"
        raise RecipeError([PresetRefused(span, preset, CONVERTER, said)])
    return _factors(converter.scale, 1.0), _factors(converter.offset, 0.0)


def _factors(written: Any, default: float) -> Factors:
    if written is None:
        return default
    return tuple(map(float, written)) if isinstance(written, list | tuple) else float(written)
