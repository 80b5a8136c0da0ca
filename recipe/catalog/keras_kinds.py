"""What the arguments of Keras hold: told from names, docstrings and defaults, else from rows."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

HOLDS: Final = MappingProxyType(
    {
        "initializer": "an initializer",
        "regularizer": "a regularizer",
        "constraint": "a constraint",
        "activation": "an activation by name",
        "layer": "a layer",
        "layers": "a list of layers",
        "optimizer": "an optimizer",
        "schedule_or_number": "a number or a learning rate schedule",
        "dtype": "a type of numbers, or a precision",
        "integer": "a whole number",
        "integers": "a whole number or a list of them",
        "number": "a number",
        "numbers": "a number or a list of them",
        "flag": "`true` or `false`",
        "text": "a string",
        "shape": "a list of whole numbers and nulls",
        "list": "a list of anything",
        "path": "a path",
        "tensor": "the output of a layer",
        "any": "what Keras takes",
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What an argument holds.

    Args:
        holds: a word of `HOLDS`.
        null: whether None is admitted (always when it is the default).
        choices: the words that are admitted; empty when there is no list of them.
        path: whether a string is read as a path.
    """

    holds: str
    null: bool = False
    choices: tuple[str, ...] = ()
    path: bool = False


def kind_of(owner: str, name: str, default: object, text: str) -> Kind:
    """What an argument holds.

    Args:
        owner: class or function that takes it: `Conv2D`.
        name: of the argument.
        default: its default, `...` when it is required.
        text: what the docstring says of it; may be empty.
    """
    known = _BY_OWNER.get(f"{owner}.{name}") or _BY_NAME.get(name) or _by_pattern(name)
    null = bool(_NULL.search(text))
    if known:
        return Kind(known.holds, known.null or null, known.choices, known.path)
    choices = _choices_in(text, default)
    if choices:
        return Kind("text", null, choices)
    told = _by_text(text, default) if text else _UNTOLD.get(name)
    return Kind(told or _by_default(default), null)


def _by_pattern(name: str) -> Kind | None:
    return next((kind for pattern, kind in _BY_PATTERN if re.search(pattern, name)), None)


def _by_text(text: str, default: object) -> str | None:
    start = re.sub(r"^\((?:optional|string or array_like)\)\s*|^optional(?:ly)?[.,]?\s+", "", text.lower())
    found = next((holds for pattern, holds in _BY_TEXT if re.match(pattern, start)), None)
    # A docstring that says "int" of a fraction is a slip.
    return "number" if found == "integer" and isinstance(default, float) else found


def _by_default(default: object) -> str:
    if isinstance(default, tuple | list):
        inner = {_by_default(item) for item in default}
        whole = inner <= {"integer", "integers"}
        return "integers" if whole else "numbers" if inner <= {"integer", "number", "numbers"} else "list"
    return next((holds for type_, holds in _BY_TYPE if isinstance(default, type_)), "any")


def _choices_in(text: str, default: object) -> tuple[str, ...]:
    """The quoted words after "one of", "either" and the like; empty unless the default is among them."""
    if not (isinstance(default, str) or default is None or default is ...):
        return ()
    found = _CHOICES.search(text)
    words = dict.fromkeys(re.findall(r"[\"']([\w.]+)`?[\"']", found[1])) if found else {}
    others = (
        re.search(r"\b(?:integers?|callable|array|tensor|float|dict)\b", found[1], re.IGNORECASE)
        if found
        else None
    )
    complete = default in words if isinstance(default, str) else True
    return tuple(words) if len(words) > 1 and complete and not others else ()


_NULL: Final = re.compile(
    r"\bor `?None`?\b|(?:[Ii]f|[Pp]ass|Defaults to|Can be|values are) `?None`?\b"
    r"|`None`(?:: | for no)|None\}"
)
_CHOICES: Final = re.compile(
    r"(?:[Oo]ne of|[Ee]ither|[Vv]alues can be|[Aa]vailable (?:values|methods) are|[Aa]cceptable values are"
    r"|[Ss]upported (?:values:|options are)|[Ss]upports|[Cc]an be|^[Ss]tring,)"
    r"\s(.*?)(?:\.\s|\.$|\(case|configuring|- `|$)"
)

_BY_PATTERN: Final = (
    (r"_initializer$", Kind("initializer")),
    (r"_regularizer$", Kind("regularizer")),
    (r"_constraint$", Kind("constraint")),
    (r"(^|_)activation$", Kind("activation", null=True)),
    (r"(^|_)dtype$", Kind("dtype")),
    (r"_factor$", Kind("numbers")),
    (r"^clip(norm|value)$|^global_clipnorm$|^min_delta$", Kind("number")),
    (r"^return_|_only$|^is_|^keepdims$", Kind("flag")),
    (r"^num_|_(steps|dim|id|frequency)$|^max_tokens$|^top_k$|^k$", Kind("integer")),
)

# How docstrings begin, in lower case and without "optional".
_BY_TEXT: Final = (
    (r"number of\b|size of\b|dimension of\b", "integer"),
    (r"(an? )?(python )?(bool|boolean)\b|whether\b|if true,|if `true`,|if `\w+=true`,", "flag"),
    (
        r"(an )?int(eger)?s?,? or (an )?(list|tuple)|(an )?integers?,? (or )?(list of|tuple)"
        r"|tuple of integers",
        "integers",
    ),
    (r"(a )?(positive |non-negative |python |single |unsigned )*(integer|int)\b", "integer"),
    (
        r"(a )?(positive |small |single )?(python )?(float|floating point)\b"
        r".*\bor (a |an )?(\w+ )?(list|tuple)\b",
        "numbers",
    ),
    (r"(a )?(list|tuple)(/tuple|/list)? of (two |2 )?(python )?(floats|floating|numbers)", "numbers"),
    (r"(a )?(tuple|list) of two floats or a single float", "numbers"),
    (r"(a )?(positive |small |single )*(python )?(float|number|scalar|floating point)\b", "number"),
    (r"(a )?(string|str)\b", "text"),
)

# Where no docstring is asked: of operations, whose docstrings call tensors what may be constants.
_UNTOLD: Final = MappingProxyType(
    {
        "axis": "integers",
        "axis1": "integer",
        "axis2": "integer",
        "b": "number",
        "block_size": "integer",
        "default_value": "number",
        "destination": "integers",
        "dilation": "integers",
        "fft_length": "integer",
        "indices_or_sections": "integers",
        "neginf": "number",
        "newshape": "shape",
        "num": "integer",
        "pattern": "text",
        "posinf": "number",
        "q": "numbers",
        "sequence_length": "integer",
        "sequence_stride": "integer",
        "shape": "shape",
        "shift": "integers",
        "source": "integers",
        "stride": "integers",
        "threshold": "number",
    }
)

_BY_TYPE: Final = ((bool, "flag"), (int, "integer"), (float, "number"), (str, "text"))

_PATH: Final = Kind("path", path=True)

# Arguments whose name says what they hold, whoever takes them.
_BY_NAME: Final = MappingProxyType(
    {
        "alpha": Kind("number"),
        "attention_axes": Kind("integers"),
        "axes": Kind("integers"),
        "backup_dir": _PATH,
        "backward_layer": Kind("layer"),
        "bin_boundaries": Kind("numbers"),
        "cell": Kind("layer"),
        "cells": Kind("layers"),
        "classes": Kind("integer"),
        "data_format": Kind("text", choices=("channels_last", "channels_first")),
        "depth_multiplier": Kind("integer"),
        "dilation_rate": Kind("integers"),
        "directory": _PATH,
        "dropout": Kind("number"),
        "embeddings_metadata": _PATH,
        "epsilon": Kind("number"),
        "equation": Kind("text"),
        "exclude_layers": Kind("list"),
        "factor": Kind("numbers"),
        "filename": _PATH,
        "filepath": _PATH,
        "fill_value": Kind("number"),
        "flash_attention": Kind("flag"),
        "gradient_accumulation_steps": Kind("integer"),
        "idf_weights": Kind("numbers"),
        "ignore_class": Kind("integer"),
        "inner_optimizer": Kind("optimizer"),
        "input_axes": Kind("integers"),
        "input_shape": Kind("shape"),
        "kernel_size": Kind("integers"),
        "label_weights": Kind("numbers"),
        "layer": Kind("layer"),
        "layers": Kind("layers"),
        "learning_rate": Kind("schedule_or_number"),
        "log_dir": _PATH,
        "logit_soft_cap": Kind("number"),
        "lora_alpha": Kind("number"),
        "lora_rank": Kind("integer"),
        "loss_scale_factor": Kind("number"),
        "max_number": Kind("integer"),
        "momentum": Kind("number"),
        "name": Kind("text"),
        "ngrams": Kind("integers"),
        "noise_shape": Kind("shape"),
        "output_axes": Kind("integers"),
        "output_padding": Kind("integers"),
        "output_sequence_length": Kind("integer"),
        "output_shape": Kind("shape"),
        "output_size": Kind("integers"),
        "pool_size": Kind("integers"),
        "pooling": Kind("text", choices=("avg", "max")),
        "rate": Kind("number"),
        "recurrent_dropout": Kind("number"),
        "reduction": Kind(
            "text",
            null=True,
            choices=("sum", "sum_over_batch_size", "mean", "mean_with_sample_weight", "none"),
        ),
        "salt": Kind("integers"),
        "save_freq": Kind("any"),
        "seed": Kind("integer"),
        "shared_axes": Kind("integers"),
        "size": Kind("integers"),
        "strides": Kind("integers"),
        "target_class_ids": Kind("integers"),
        "target_shape": Kind("shape"),
        "thresholds": Kind("numbers"),
        "trainable": Kind("flag"),
        "use_cudnn": Kind("any"),
        "value_range": Kind("numbers"),
        "vocabulary": Kind("list", path=True),
        "weight_decay": Kind("number"),
        "weights": Kind("path", null=True, choices=("imagenet",), path=True),
    }
)

_ALL_INTERPOLATIONS: Final = Kind("text", choices=("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"))
_INTERPOLATIONS: Final = Kind("text", choices=("bilinear", "nearest"))

# What neither name nor docstring nor default says rightly.
_BY_OWNER: Final = MappingProxyType(
    {
        "AUC.curve": Kind("text", choices=("ROC", "PR")),
        "AUC.summation_method": Kind("text", choices=("interpolation", "minoring", "majoring")),
        "AugMix.factor": Kind("number"),
        "AugMix.interpolation": _INTERPOLATIONS,
        "CategoricalFocalCrossentropy.alpha": Kind("numbers"),
        "Cropping1D.cropping": Kind("integers"),
        "Cropping2D.cropping": Kind("any"),
        "Cropping3D.cropping": Kind("any"),
        "Dice.axis": Kind("integers"),
        "EarlyStopping.baseline": Kind("number"),
        "Embedding.weights": Kind("any"),
        "F1Score.threshold": Kind("number"),
        "FBetaScore.threshold": Kind("number"),
        "IntegerLookup.mask_token": Kind("integer"),
        "IntegerLookup.oov_method": Kind("text", choices=("floormod", "farmhash")),
        "MaxNorm.axis": Kind("integers"),
        "MaxNorm.max_value": Kind("number"),
        "MelSpectrogram.window": Kind("text", choices=("hann", "hamming")),
        "MinMaxNorm.axis": Kind("integers"),
        "Normalization.mean": Kind("numbers"),
        "Normalization.variance": Kind("numbers"),
        "OrthogonalRegularizer.factor": Kind("number"),
        "RandAugment.interpolation": _INTERPOLATIONS,
        "ReduceLROnPlateau.factor": Kind("number"),
        "Resizing.fill_mode": Kind("text", choices=("constant",)),
        "Resizing.interpolation": _ALL_INTERPOLATIONS,
        "STFT.window": Kind("text", null=True),
        "STFTSpectrogram.mode": Kind(
            "text", choices=("log", "magnitude", "psd", "real", "imag", "angle", "stft")
        ),
        "STFTSpectrogram.padding": Kind("text", choices=("valid", "same")),
        "STFTSpectrogram.scaling": Kind("text", null=True, choices=("density", "spectrum")),
        "STFTSpectrogram.window": Kind("text", null=True),
        "ReversibleEmbedding.weights": Kind("any"),
        "StringLookup.mask_token": Kind("text"),
        "TensorBoard.update_freq": Kind("any"),
        "TextVectorization.split": Kind("text", null=True, choices=("whitespace", "character")),
        "TextVectorization.standardize": Kind(
            "text", null=True, choices=("lower_and_strip_punctuation", "lower", "strip_punctuation")
        ),
        "Tversky.axis": Kind("integers"),
        "UnitNorm.axis": Kind("integers"),
        "ZeroPadding1D.padding": Kind("integers"),
        "ZeroPadding2D.padding": Kind("any"),
        "ZeroPadding3D.padding": Kind("any"),
        "average.weights": Kind("any"),
        "bincount.weights": Kind("any"),
        "fold.padding": Kind("integers"),
        "scatter_update.reduction": Kind("text"),
        "solve.b": Kind("any"),
        "solve_triangular.b": Kind("any"),
        "lstsq.b": Kind("any"),
        "tensordot.axes": Kind("any"),
        "unfold.padding": Kind("integers"),
    }
)
