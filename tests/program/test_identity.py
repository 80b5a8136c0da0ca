"""Every key of the language: a change of it is another run exactly where its row says so."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

import pytest

from recipe import catalog
from recipe.catalog import lookup, sections, words
from recipe.catalog.calls import Call, Origin
from recipe.catalog.constraints import Fields, Reserved
from recipe.catalog.rows import Parameter, Row
from recipe.program.differences import Difference, differences, neutral_differences
from recipe.program.identity import identity
from recipe.program.sections import section
from tests.checking import edited
from tests.program.programs import DIGITS, built

LINES = {
    "data": "data: {source: {bundled: digits}, split: {validation: 10%}}",
    "architecture": "architecture: [Flatten, {Dense: 8}, head]",
    "optimizer": "optimizer: {SGD: {learning_rate: 0.1}}",
    "training": "training: {epochs: 3, batch_size: 32}",
}
CSV = "data: {source: {csv: {path: a.csv, @}}, target: y}"
IMAGES = "data: {source: {images: {path: a, @}}}"
RECORDS = "data: {source: {tfrecord: {path: a, features: {y: {@}}}}, target: y}"
TEXT = "data: {source: {csv: {path: a.csv}}, target: y, features: {said: {text: {@}}}}"
SERIES = "data: {source: {series: {path: a.csv, window: 8, horizon: 2, @}}}"
PLATEAU = "schedule: {reduce_on_plateau: {@}}"
PHASED = "schedule: [@, linear]"
MOMENTUM = "schedule: {momentum: @}\noptimizer: {SGD: {learning_rate: 0.1, momentum: 0.9}}"
STOPPING = "regularization: {early_stopping: {patience: 3 epochs, @}}"
GROUP = "optimizer: {SGD: {learning_rate: 0.1}, groups: [{match: '*', @}]}"
RESIDUAL = "architecture: [Flatten, {Dense: 8}, {residual: {@}}, head]"
BODY = "body: [{Dense: 8}]"
REPEAT = "architecture: [Flatten, {repeat: {@}}, head]"
LISTED = "architecture: {layers: [Flatten, {Dense: 8}, head], @}"
KIND = "data: {source: {bundled: penguins}, features: {a: @}, target: y}"
TARGET = "data: {source: {bundled: penguins}, target: {y: @}}"
BLOCK = "architecture: [Flatten, {tower: {}}, head]\nblocks: {tower: {@}}"

# By `row.key`: a line of a spec, and two valid texts for the `@` in it.
MUTATIONS = {
    "spec.imports": ("imports: [@]", "my_layers", "my_losses"),
    "regularization.mixup": ("regularization: {mixup: @}", "0.2", "0.4"),
    "regularization.cutmix": ("regularization: {cutmix: @}", "0.5", "1.0"),
    "quantile.quantile": ("loss: {quantile: @}", "0.1", "0.9"),
    "training.time": ("training: {epochs: 3, time: @}", "5 minutes", "2 hours"),
    "training.validate_every": ("training: {epochs: 3, validate_every: @}", "2 epochs", "3 epochs"),
    "training.stop_at": ("training: {epochs: 3, stop_at: @}", "{val_loss: 0.5}", "{val_loss: 0.4}"),
    "data.weight": ("data: {source: {bundled: penguins}, target: sex, weight: @}", "year", "body_mass_g"),
    "class_weight.effective_number": (
        "training: {epochs: 3, class_weight: {effective_number: @}}",
        "0.9",
        "0.99",
    ),
    "training.class_weight": ("training: {epochs: 3, class_weight: @}", "balanced", "{'1': 2}"),
    "training.sampling": ("training: {epochs: 3, sampling: @}", "shuffled", "ordered"),
    "split.validation": (
        "data: {source: {bundled: digits}, split: {@}}",
        "validation: 10%",
        "validation: 99",
    ),
    "split.test": ("data: {source: {bundled: digits}, split: {@}}", "test: 10%", "test: 20%"),
    "split.stratified": ("data: {source: {bundled: digits}, split: {stratified: @}}", "false", "true"),
    "split.group": ("data: {source: {bundled: penguins}, split: {group: @}, target: y}", "sex", "year"),
    "split.time": ("data: {source: {bundled: penguins}, split: {time: @}, target: y}", "sex", "year"),
    "split.folds": ("data: {source: {bundled: digits}, split: {folds: @}}", "5", "6"),
    "split.fold": ("data: {source: {bundled: digits}, split: {folds: 5, fold: @}}", "1", "2"),
    "data.source": ("data: {source: {bundled: @}, target: y}", "penguins", "xor"),
    "data.train": ("data: {train: {bundled: @}, target: y}", "penguins", "xor"),
    "data.validation": ("data: {train: {bundled: digits}, validation: {bundled: @}}", "digits", "xor"),
    "data.test": ("data: {train: {bundled: digits}, test: {bundled: @}}", "digits", "xor"),
    "data.target": ("data: {source: {bundled: penguins}, target: @}", "sex", "{sex: flag}"),
    "data.features": (
        "data: {source: {bundled: penguins}, features: {a: @}, target: y}",
        "number",
        "category",
    ),
    "data.ignore": ("data: {source: {bundled: penguins}, ignore: @, target: y}", "year", "[year, sex]"),
    "data.missing": ("data: {source: {bundled: penguins}, missing: @, target: y}", "drop", "mean"),
    "weight_decay.value": ("regularization: {weight_decay: @}", "1e-2", "1e-3"),
    "weight_decay.exclude": ("regularization: {weight_decay: {value: 0.1, exclude: @}}", "[a]", "[a, b]"),
    "early_stopping.patience": ("regularization: {early_stopping: @}", "3 epochs", "4 epochs"),
    "early_stopping.metric": (STOPPING, "metric: loss", "metric: val_loss"),
    "early_stopping.minimum_delta": (STOPPING, "minimum_delta: 0.1", "minimum_delta: 0.2"),
    "early_stopping.after": (STOPPING, "after: 1 epoch", "after: 2 epochs"),
    "regularization.weight_decay": ("regularization: {@}", "", "weight_decay: off"),
    "dropout.value": (
        "regularization: {dropout: @}\narchitecture: [Flatten, Dropout, head]",
        "10%",
        "20%",
    ),
    "dropout.match": (
        "regularization: {dropout: {value: 0.1, match: @}}\narchitecture: [Flatten, Dropout, head]",
        "dropout",
        "dropout*",
    ),
    "regularization.dropout": (
        "regularization: {@}\narchitecture: [Flatten, {Dropout: 0.1}, head]",
        "",
        "dropout: off",
    ),
    "regularization.drop_path": ("regularization: {@}", "", "drop_path: off"),
    "drop_path.value": (
        f"regularization: {{drop_path: @}}\n{RESIDUAL.replace('@', BODY)}",
        "10%",
        "20%",
    ),
    "drop_path.match": (
        f"regularization: {{drop_path: {{value: 10%, match: @}}}}\n{RESIDUAL.replace('@', BODY)}",
        "residual",
        "residual*",
    ),
    "regularization.label_smoothing": ("regularization: {label_smoothing: @}", "10%", "20%"),
    "regularization.augmentation": ("regularization: {augmentation: @}", "off", "[{RandomFlip: horizontal}]"),
    "regularization.early_stopping": ("regularization: {early_stopping: @}", "off", "3 epochs"),
    "regularization.gradient_clip": ("regularization: {gradient_clip: @}", "1.0", "2.0"),
    **{
        f"gradient_clip.{way}": (f"regularization: {{gradient_clip: {{{way}: @}}}}", "1.0", "2.0")
        for way in ("global_norm", "norm", "value", "adaptive")
    },
    "regularization.l1": ("regularization: {l1: @}", "1e-3", "off"),
    "regularization.l2": ("regularization: {l2: @}", "1e-3", "off"),
    **{
        f"{word}.{key}": (f"regularization: {{{word}: {{value: 0.5, @}}}}", *texts)
        for word in ("l1", "l2", "max_norm")
        for key, texts in {"match": ("match: dense", "match: head")}.items()
    },
    "l1.value": ("regularization: {l1: @}", "1e-3", "1e-4"),
    "l2.value": ("regularization: {l2: @}", "1e-3", "1e-4"),
    "max_norm.value": ("regularization: {max_norm: @}", "3", "4"),
    "regularization.max_norm": ("regularization: {max_norm: @}", "3", "off"),
    "regularization.ema": ("regularization: {ema: @}", "0.9", "off"),
    "ema.decay": ("regularization: {ema: @}", "0.9", "0.99"),
    "ema.every": ("regularization: {ema: {decay: 0.9, every: @}}", "1 step", "2 steps"),
    "regularization.gradient_noise": ("regularization: {gradient_noise: @}", "0.3", "off"),
    "gradient_noise.variance": ("regularization: {gradient_noise: @}", "0.3", "1"),
    "gradient_noise.decay": ("regularization: {gradient_noise: {variance: 1, decay: @}}", "0.5", "0.6"),
    "regularization.gradient_centralization": (
        "regularization: {gradient_centralization: @}",
        "true",
        "false",
    ),
    "weight_decay.coupled": ("regularization: {weight_decay: {value: 0.1, coupled: @}}", "true", "false"),
    "group.match": (
        "optimizer: {SGD: {learning_rate: 0.1}, groups: [{match: @, learning_rate: x2}]}",
        "'*'",
        "'dense*'",
    ),
    "group.learning_rate": (GROUP, "learning_rate: x0.1", "learning_rate: x0.2"),
    "group.weight_decay": (GROUP, "weight_decay: 0.1", "weight_decay: 0.2"),
    "group.layer_decay": (GROUP, "layer_decay: 0.9", "layer_decay: 0.8"),
    "group.freeze": (GROUP, "freeze: 1 epoch", "freeze: 2 epochs"),
    "training.epochs": ("training: {epochs: @}", "3", "4"),
    "training.steps": ("training: {steps: @}", "30", "40"),
    "training.batch_size": ("training: {epochs: 3, batch_size: @}", "32", "full"),
    "training.accumulate": ("training: {epochs: 3, accumulate: @}", "1", "2"),
    "training.callbacks": ("training: {epochs: 3, callbacks: [@]}", "", "{ReduceLROnPlateau: {patience: 1}}"),
    "best.max": ("monitor: {best: @}", "{max: accuracy}", "{max: val_accuracy}"),
    "best.min": ("monitor: {best: @}", "{min: loss}", "{min: val_loss}"),
    "checkpoint.every": ("monitor: {checkpoint: @}", "5 steps", "1 epoch"),
    "checkpoint.keep": ("monitor: {checkpoint: {keep: @}}", "2", "3"),
    "overfitting.gap": ("monitor: {overfitting: @}", "0.1", "0.2"),
    "overfitting.action": ("monitor: {overfitting: {gap: 0.1, action: @}}", "warn", "stop"),
    "overfitting.metric": ("monitor: {overfitting: {gap: 0.1, metric: @}}", "accuracy", "loss"),
    "overfitting.patience": ("monitor: {overfitting: {gap: 0.1, patience: @}}", "2 epochs", "3 epochs"),
    "monitor.overfitting": ("monitor: {@}", "", "overfitting: 0.1"),
    "monitor.tensorboard": ("monitor: {tensorboard: @}", "false", "true"),
    "monitor.mlflow": ("monitor: {mlflow: @}", "false", "true"),
    "mlflow.experiment": ("monitor: {mlflow: {experiment: @}}", "first", "second"),
    "mlflow.store": ("monitor: {mlflow: {store: @}}", "first", "second"),
    "monitor.best": ("monitor: {best: @}", "val_loss", "accuracy"),
    "runtime.backend": ("runtime: {backend: @}", "tensorflow", "jax"),
    "runtime.precision": ("runtime: {precision: @}", "float32", "mixed_bfloat16"),
    "runtime.strategy": ("runtime: {strategy: @}", "single", "mirrored"),
    "runtime.seed": ("runtime: {seed: @}", "1", "2"),
    "runtime.deterministic": ("runtime: {deterministic: @}", "true", "false"),
    "runtime.examples": ("runtime: {examples: @}", "device", "stream"),
    "runtime.engine": ("runtime: {engine: @}", "graph", "xla"),
    "graph.block": ("runtime: {engine: {graph: {block: @}}}", "1", "2"),
    "graph_fused.block": ("runtime: {engine: {graph_fused: {block: @}}}", "1", "2"),
    "per_core.block": ("runtime: {engine: {per_core: {block: @}}}", "1", "2"),
    "xla.block": ("runtime: {engine: {xla: {block: @}}}", "1", "2"),
    "fit.block": ("runtime: {engine: {fit: {block: @}}}", "1", "2"),
    "init.default": ("init: {default: @}", "auto", "HeNormal"),
    "init.residual": (
        "architecture: [Flatten, {residual: [{Dense: 64}]}, head]\ninit: {residual: @}",
        "zero",
        "scaled",
    ),
    "init.head_bias": ("init: {head_bias: @}", "off", "prior"),
    "init.weights": ("init: {weights: @}", "runs/a/1", "runs/b/1"),
    "init.match": ("init: {match: {'dense/kernel': @}}", "Zeros", "Ones"),
    "input_shape.shape": (
        LISTED,
        "inputs: {image: {shape: [8, 8, 1]}}",
        "inputs: {image: {shape: [8, 8, null]}}",
    ),
    "architecture.layers": (LISTED, "", "inputs: {image: auto}"),
    "architecture.inputs": (LISTED, "inputs: {image: auto}", "inputs: {picture: auto}"),
    "block.layers": (BLOCK, "layers: [{Dense: 8}]", "layers: [{Dense: 9}]"),
    "block.vars": (
        BLOCK,
        "vars: {width: 8}, layers: [{Dense: $width}]",
        "vars: {width: 9}, layers: [{Dense: $width}]",
    ),
    "spec.name": ("name: @", "small", "large"),
    "spec.blocks": (BLOCK, "layers: [{Dense: 8}]", "layers: [{Dense: 8}, ReLU]"),
    "spec.architecture": ("architecture: [Flatten, {Dense: @}, head]", "8", "9"),
    "spec.loss": ("loss: @", "auto", "CategoricalCrossentropy"),
    "spec.metrics": ("metrics: @", "auto", "[accuracy]"),
    "spec.init": ("init: @", "auto", "HeNormal"),
    "spec.optimizer": ("optimizer: @", "SGD", "Adam"),
    "spec.schedule": ("schedule: @", "constant", "warmup_cosine"),
    "bundled.name": ("data: {source: {bundled: @}, target: y}", "penguins", "xor"),
    "csv.path": ("data: {source: {csv: {path: @}}, target: y}", "a.csv", "b.csv"),
    "csv.separator": (CSV, "separator: ','", "separator: ';'"),
    "csv.encoding": (CSV, "encoding: utf-8", "encoding: latin-1"),
    "arrays.features": ("data: {source: {arrays: {features: @}}}", "x", "z"),
    "arrays.target": ("data: {source: {arrays: {target: @}}}", "y", "z"),
    "parquet.path": ("data: {source: {parquet: @}, target: y}", "a.parquet", "b.parquet"),
    "parquet.columns": ("data: {source: {parquet: {path: a, columns: @}}, target: y}", "[a]", "[b]"),
    "huggingface.name": ("data: {source: {huggingface: @}, target: y}", "a/b", "a/c"),
    "huggingface.path": ("data: {source: {huggingface: {path: @}}, target: y}", "a", "b"),
    "huggingface.config": ("data: {source: {huggingface: {name: a, config: @}}, target: y}", "a", "b"),
    "huggingface.split": ("data: {source: {huggingface: {name: a, split: @}}, target: y}", "train", "test"),
    "huggingface.columns": ("data: {source: {huggingface: {name: a, columns: @}}, target: y}", "[a]", "[b]"),
    "tfrecord.path": ("data: {source: {tfrecord: @}, target: y}", "a.tfrecord", "b.tfrecord"),
    "tfrecord.features": (
        "data: {source: {tfrecord: {path: a, features: {y: @}}}, target: y}",
        "int64",
        "text",
    ),
    "tfrecord.bad_rows": (
        "data: {source: {tfrecord: {path: a, bad_rows: @}}, target: y}",
        "error",
        "{skip: 1}",
    ),
    "tfrecord_feature.type": (RECORDS, "type: int64", "type: float"),
    "tfrecord_feature.shape": (RECORDS, "type: int64", "type: int64, shape: [2]"),
    "keras.name": ("data: {source: {keras: @}}", "mnist", "cifar10"),
    "keras.split": ("data: {source: {keras: {name: mnist, split: @}}}", "train", "test"),
    "keras.words": ("data: {source: {keras: {name: imdb, words: @}}}", "100", "200"),
    "keras.length": ("data: {source: {keras: {name: imdb, length: @}}}", "100", "200"),
    "tfds.name": ("data: {source: {tfds: @}}", "mnist", "cifar10"),
    "tfds.split": ("data: {source: {tfds: {name: mnist, split: @}}}", "train", "test"),
    "tfds.data_dir": ("data: {source: {tfds: {name: mnist, data_dir: @}}}", "a", "b"),
    "tfds.columns": ("data: {source: {tfds: {name: mnist, columns: @}}}", "[a]", "[b]"),
    "npy.features": ("data: {source: {npy: {features: @, target: y.npy}}}", "a.npy", "b.npy"),
    "npy.target": ("data: {source: {npy: {features: x.npy, target: @}}}", "a.npy", "b.npy"),
    "csv.header": (CSV, "header: true", "header: false"),
    "csv.columns": (CSV, "columns: [a, b]", "columns: [b, a]"),
    "csv.quote": (CSV, "quote: '\"'", "quote: null"),
    "csv.escape": (CSV, "escape: null", "escape: '!'"),
    "csv.comment": (CSV, "comment: null", "comment: '#'"),
    "csv.skip_lines": (CSV, "skip_lines: 0", "skip_lines: 1"),
    "csv.decimal": (CSV, "decimal: '.'", "decimal: ','"),
    "csv.thousands": (CSV, "thousands: null", "thousands: ' '"),
    "csv.missing_values": (CSV, "missing_values: '?'", "missing_values: ['?', '-']"),
    "csv.bad_rows": (CSV, "bad_rows: error", "bad_rows: {skip: 1}"),
    "bad_rows.skip": (CSV, "bad_rows: {skip: 1}", "bad_rows: {skip: 1%}"),
    "images.path": ("data: {source: {images: {path: @}}}", "a", "b"),
    "images.size": (IMAGES, "size: [32, 32]", "size: [32, 48]"),
    "images.channels": (IMAGES, "channels: 3", "channels: 1"),
    "images.resize": (IMAGES, "resize: crop", "resize: pad"),
    "images.interpolation": (IMAGES, "interpolation: bilinear", "interpolation: nearest"),
    "images.table": (IMAGES, "table: a.csv", "table: b.csv"),
    "images.column": (IMAGES, "column: file", "column: name"),
    "images.masks": (IMAGES, "masks: b", "masks: c"),
    "images.mask_column": (IMAGES, "mask_column: mask", "mask_column: seen"),
    "images.colors": (IMAGES, "colors: {a: [0, 0, 0], b: [9, 0, 0]}", "colors: {a: [0, 0, 0], b: [8, 0, 0]}"),
    "images.bad_rows": (IMAGES, "bad_rows: error", "bad_rows: {skip: 1}"),
    "text.vocabulary": (TEXT, "vocabulary: 100", "vocabulary: 200"),
    "text.length": (TEXT, "length: 8", "length: 9"),
    "text.tokenizer": (TEXT, "tokenizer: ./a", "tokenizer: ./b"),
    "text.missing": (TEXT, "missing: drop", "missing: category"),
    "corpus.path": ("data: {source: {corpus: {path: @, context: 8}}}", "a.txt", "b.txt"),
    "corpus.tokens": (
        "data: {source: {corpus: {path: a.txt, context: 8, tokens: @}}}",
        "bytes",
        "characters",
    ),
    "corpus.context": ("data: {source: {corpus: {path: a.txt, context: @}}}", "8", "16"),
    "corpus.encoding": (
        "data: {source: {corpus: {path: a.txt, context: 8, encoding: @}}}",
        "utf-8",
        "latin-1",
    ),
    "subword.vocabulary": (
        "data: {source: {corpus: {path: a.txt, context: 8, tokens: {subword: @}}}}",
        "1000",
        "2000",
    ),
    "series.path": ("data: {source: {series: {path: @, window: 8, horizon: 2}}}", "a.csv", "b.csv"),
    "series.window": ("data: {source: {series: {path: a.csv, window: @, horizon: 2}}}", "8", "9"),
    "series.horizon": ("data: {source: {series: {path: a.csv, window: 8, horizon: @}}}", "2", "3"),
    "series.time": (SERIES, "time: null", "time: hour"),
    "series.columns": (SERIES, "columns: null", "columns: [load, heat]"),
    "series.forecast": (SERIES, "forecast: null", "forecast: load"),
    "series.rows": (SERIES, "rows: null", "rows: 100"),
    "series.standardize": (SERIES, "standardize: true", "standardize: false"),
    "series.encoding": (SERIES, "encoding: utf-8", "encoding: latin-1"),
    "npz.path": ("data: {source: {npz: {path: @, features: x, target: y}}}", "a.npz", "b.npz"),
    "npz.features": ("data: {source: {npz: {path: a.npz, features: @, target: y}}}", "x", "z"),
    "npz.target": ("data: {source: {npz: {path: a.npz, features: x, target: @}}}", "y", "z"),
    "number.missing": ("data: {source: {bundled: xor}, target: {y: {number: {@}}}}", "", "missing: mean"),
    "number.scale": (KIND, "number", "{number: log}"),
    "sequence.length": (KIND, "{sequence: 8}", "{sequence: 9}"),
    "sequence.of": (KIND, "{sequence: 8}", "{sequence: {length: 8, of: number}}"),
    "sequence.separator": (KIND, "{sequence: 8}", "{sequence: {length: 8, separator: ';'}}"),
    "sequence.vocabulary": (KIND, "{sequence: 8}", "{sequence: {length: 8, vocabulary: 9}}"),
    "sequence.scale": (
        KIND,
        "{sequence: {length: 8, of: number}}",
        "{sequence: {length: 8, of: number, scale: log}}",
    ),
    "sequence.missing": (KIND, "{sequence: 8}", "{sequence: {length: 8, missing: drop}}"),
    "category.embedding": (KIND, "category", "{category: {embedding: 8}}"),
    "category.hashing": (KIND, "{category: {hashing: 8}}", "{category: {hashing: 9}}"),
    "category.minimum_count": (KIND, "category", "{category: {minimum_count: 2}}"),
    "mask.classes": (TARGET, "{mask: {classes: 3}}", "{mask: {classes: {a: 1, b: 2, c: 3}}}"),
    "mask.ignore": (TARGET, "mask", "{mask: {ignore: [0, 255]}}"),
    "mask.above": (TARGET, "mask", "{mask: {above: 127}}"),
    "labels.separator": (TARGET, '{labels: "|"}', '{labels: ";"}'),
    "labels.missing": (TARGET, '{labels: "|"}', '{labels: {separator: "|", missing: drop}}'),
    "flag.column": (TARGET, "{flag: {column: a}}", "{flag: {column: b}}"),
    "flag.above": (TARGET, "{flag: {above: 1}}", "{flag: {above: 2}}"),
    "flag.missing": (KIND, "flag", "{flag: {missing: mean}}"),
    "date.parts": (KIND, "{date: year}", "{date: [year, hour]}"),
    "date.format": (KIND, "date", "{date: {format: '%d/%m/%Y'}}"),
    "date.missing": (KIND, "date", "{date: {missing: indicator}}"),
    "category.missing": ("data: {source: {bundled: xor}, target: {y: {category: {@}}}}", "", "missing: drop"),
    "warmup_cosine.warmup": ("schedule: {warmup_cosine: @}", "10%", "20%"),
    "warmup_cosine.floor": ("schedule: {warmup_cosine: {floor: @}}", "10%", "20%"),
    "warmup_linear.warmup": ("schedule: {warmup_linear: @}", "10%", "20%"),
    "warmup_linear.floor": ("schedule: {warmup_linear: {floor: @}}", "10%", "20%"),
    "warmup_constant.warmup": ("schedule: {warmup_constant: @}", "10%", "20%"),
    "warmup_stable_decay.warmup": ("schedule: {warmup_stable_decay: @}", "10%", "20%"),
    "warmup_stable_decay.decay": ("schedule: {warmup_stable_decay: {decay: @}}", "10%", "20%"),
    "warmup_stable_decay.floor": ("schedule: {warmup_stable_decay: {floor: @}}", "10%", "20%"),
    "step.every": ("schedule: {step: @}", "10%", "20%"),
    "step.at": ("schedule: {step: {at: @}}", "[10%]", "[10%, 20%]"),
    "step.factor": ("schedule: {step: {every: 10%, factor: @}}", "0.1", "0.5"),
    "step.warmup": ("schedule: {step: {every: 10%, warmup: @}}", "1%", "2%"),
    "exponential.factor": ("schedule: {exponential: @}", "10%", "20%"),
    "exponential.every": ("schedule: {exponential: {factor: 0.9, every: @}}", "1 epoch", "2 epochs"),
    "exponential.warmup": ("schedule: {exponential: {factor: 0.9, warmup: @}}", "1%", "2%"),
    "inverse_sqrt.warmup": ("schedule: {inverse_sqrt: @}", "10%", "20%"),
    "one_cycle.rise": ("schedule: {one_cycle: @}", "30%", "40%"),
    "one_cycle.tail": ("schedule: {one_cycle: {tail: @}}", "0%", "20%"),
    "one_cycle.from": ("schedule: {one_cycle: {from: @}}", "4%", "20%"),
    "one_cycle.to": ("schedule: {one_cycle: {to: @}}", "0%", "1%"),
    "cosine_restarts.cycle": ("schedule: {cosine_restarts: @}", "10%", "20%"),
    "cosine_restarts.growth": ("schedule: {cosine_restarts: {cycle: 10%, growth: @}}", "1", "2"),
    "cosine_restarts.floor": ("schedule: {cosine_restarts: {cycle: 10%, floor: @}}", "1%", "2%"),
    "cosine_restarts.warmup": ("schedule: {cosine_restarts: {cycle: 10%, warmup: @}}", "1%", "2%"),
    "constant.for": (PHASED, "constant: 10%", "constant: 20%"),
    "constant.at": (PHASED, "constant: {for: 10%, at: 10%}", "constant: {for: 10%, at: 20%}"),
    "linear.for": (PHASED, "linear: 10%", "linear: 20%"),
    "linear.from": (PHASED, "linear: {for: 10%, from: 10%}", "linear: {for: 10%, from: 20%}"),
    "linear.to": (PHASED, "linear: {for: 10%, to: 10%}", "linear: {for: 10%, to: 20%}"),
    "cosine.for": (PHASED, "cosine: 10%", "cosine: 20%"),
    "cosine.from": (PHASED, "cosine: {for: 10%, from: 10%}", "cosine: {for: 10%, from: 20%}"),
    "cosine.to": (PHASED, "cosine: {for: 10%, to: 10%}", "cosine: {for: 10%, to: 20%}"),
    "polynomial.power": ("schedule: {polynomial: @}", "0.9", "2"),
    "polynomial.for": (PHASED, "polynomial: {for: 10%}", "polynomial: {for: 20%}"),
    "polynomial.from": ("schedule: {polynomial: {from: @}}", "50%", "60%"),
    "polynomial.to": ("schedule: {polynomial: {to: @}}", "1%", "2%"),
    "schedules.learning_rate": ("schedule: {learning_rate: @}", "warmup_cosine", "[cosine]"),
    "schedules.momentum": (MOMENTUM, "[linear]", "warmup_cosine"),
    "schedules.regularization.weight_decay": (
        "schedule: {regularization.weight_decay: @}\nregularization: {weight_decay: 0.1}",
        "warmup_cosine",
        "[linear]",
    ),
    "reduce_on_plateau.factor": (PLATEAU, "factor: 0.1", "factor: 0.2"),
    "reduce_on_plateau.patience": (PLATEAU, "patience: 2 epochs", "patience: 3 epochs"),
    "reduce_on_plateau.metric": (PLATEAU, "metric: loss", "metric: val_loss"),
    "reduce_on_plateau.minimum_delta": (PLATEAU, "minimum_delta: 0.1", "minimum_delta: 0.2"),
    "reduce_on_plateau.cooldown": (PLATEAU, "cooldown: 1 epoch", "cooldown: 2 epochs"),
    "reduce_on_plateau.floor": (PLATEAU, "floor: 1%", "floor: 2%"),
    "reduce_on_plateau.after": (PLATEAU, "after: null", "after: warmup_constant"),
    "projection.project": (
        RESIDUAL,
        f"{BODY}, shortcut: {{project: [{{Dense: 8}}]}}",
        f"{BODY}, shortcut: {{project: [{{Dense: 8}}, ReLU]}}",
    ),
    "head.target": ("architecture: [Flatten, @]", "head", "head: digit"),
    "residual.body": (RESIDUAL, BODY, "body: [{Dense: 8}, ReLU]"),
    "residual.shortcut": (RESIDUAL, BODY, f"{BODY}, shortcut: [{{Dense: 8}}]"),
    "residual.merge": (RESIDUAL, BODY, f"{BODY}, merge: Maximum"),
    "residual.drop_path": (RESIDUAL, BODY, f"{BODY}, drop_path: 10%"),
    "repeat.times": (REPEAT, "times: 2, layers: [{Dense: 8}]", "times: 3, layers: [{Dense: 8}]"),
    "repeat.each": (
        REPEAT,
        "each: {n: [8, 9]}, layers: [{Dense: $n}]",
        "each: {n: [8, 7]}, layers: [{Dense: $n}]",
    ),
    "repeat.layers": (REPEAT, "times: 2, layers: [{Dense: 8}]", "times: 2, layers: [{Dense: 9}]"),
    "parallel.branches": (
        "architecture: [Flatten, {parallel: {branches: [@]}}, head]",
        "[{Dense: 8}], [{Dense: 8}]",
        "[{Dense: 8}], [{Dense: 9}]",
    ),
    "parallel.merge": (
        "architecture: [Flatten, {parallel: {branches: [[{Dense: 8}], [{Dense: 8}]], merge: @}}, head]",
        "Add",
        "Multiply",
    ),
    "reuse.name": (
        "architecture: [Flatten, {Dense: 64, as: two}, {Dense: 64, as: three}, {reuse: @}, head]",
        "two",
        "three",
    ),
    "Backbone.preset": ("architecture: [{Backbone: @}, Flatten, head]", "./a", "./b"),
    "Backbone.load_weights": (
        "architecture: [{Backbone: {preset: ./a, load_weights: @}}, Flatten, head]",
        "true",
        "false",
    ),
    "Backbone.output": ("architecture: [{Backbone: {preset: ./a, output: @}}, Flatten, head]", "one", "two"),
    "op.function": ("architecture: [Flatten, {op: @}, head]", "sin", "cos"),
}

# Keys that have no second valid value in a small spec, or none that means anything else.
EXEMPT = {
    "spec.recipe": "the version has one value",
    "repeat.index": "a name, used up where the turns are written out",
    "head.tied_to": "its mutation is that of the layers that it names",
    "architecture.outputs": "its mutation is that of the layers that it names",
    "architecture.edit": "used up when specs are merged: the layers differ",
    "block.inputs": "its mutation is that of the layers that it names",
    **{
        f"{row.name}.{parameter.name}": "nobody writes it: it follows from words of the spec"
        for row in words.COMPONENTS
        for parameter in row.parameters
    },
    "block.outputs": "its mutation is that of the layers that it names",
}


ROOMS = ("words", "sections", "schedules")


def rows() -> list[Row]:
    """Every row that is written by hand, once."""
    names = [found.name for found in iter_modules(catalog.__path__) if found.name.endswith(ROOMS)]
    modules = [import_module(f"{catalog.__name__}.{name}") for name in names]
    values = [one for module in modules for one in vars(module).values()]
    flat = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
    return list({(row.family, row.name): row for row in flat if isinstance(row, Row)}.values())


KEYS: dict[str, tuple[Row, Parameter]] = {
    f"{row.name}.{parameter.name}": (row, parameter)
    for row in rows()
    for parameter in row.parameters
    if not isinstance(parameter.holds, Reserved | Fields)
}


def spec(line: str) -> str:
    written = {**LINES, **{one.partition(":")[0]: one for one in line.splitlines()}}
    return "recipe: 1\n" + ("" if "name" in written else "name: small\n") + "\n".join(written.values()) + "\n"


def mutated(key: str) -> tuple[Difference, ...]:
    line, before, after = MUTATIONS[key]
    programs = [built(spec(line.replace("@", text)), DIGITS) for text in (before, after)]
    return differences(*(one.program for one in programs))


def is_ahead(row: Row, parameter: Parameter) -> bool:
    return (
        parameter.ahead
        or row.family in ("phase", "schedule", "plateau_schedule")
        or row is sections.SCHEDULES
    )


def test_every_key_has_a_mutation_and_every_mutation_a_key():
    assert set(KEYS) - set(EXEMPT) - set(MUTATIONS) == set(), "a new key: write its mutation"
    assert set(MUTATIONS) - set(KEYS) == set()
    assert set(EXEMPT) & set(MUTATIONS) == set()
    assert len(KEYS) > 80


@pytest.mark.parametrize("key", [key for key in KEYS if key in MUTATIONS])
def test_a_change_of_a_key_is_another_run_exactly_where_its_row_says_so(key: str):
    row, parameter = KEYS[key]
    found = mutated(key)
    if not parameter.identity:
        assert found == ()
    elif is_ahead(row, parameter):
        assert found
        assert all(one.ahead for one in found)
    else:
        assert any(not one.ahead for one in found)


def test_a_section_that_is_no_identity_holds_no_identity():
    for row in rows():
        for parameter in row.parameters:
            if isinstance(parameter.holds, Fields) and not parameter.identity:
                assert not any(below.identity for below in parameter.holds.row.parameters)


def test_every_argument_of_a_class_of_keras_is_an_identity():
    families = ("layer", "optimizer", "keras_schedule", "loss", "initializer", "regularizer", "constraint")
    found = [lookup.find(family, name) for family in families for name in lookup.names(family)]
    arguments = [parameter for row in found if row for parameter in row.parameters]
    assert len(arguments) > 500
    assert all(parameter.identity and not parameter.ahead for parameter in arguments)


def test_a_value_knows_its_path_its_text_and_its_place():
    found = identity(built().program)
    value = found["optimizer.AdamW.learning_rate"]
    assert (value.text, value.span.line, value.ahead) == ("0.003", 11, False)
    assert found["training.epochs"].ahead
    assert found["architecture.layers.1.Dense.units"].text == "64"


def test_what_auto_decided_counts_and_not_the_word():
    automatic = built(spec("runtime: {precision: auto}")).program
    written = built(spec("runtime: {precision: float32}")).program
    assert differences(automatic, written) == ()


def test_a_callback_that_only_looks_on_decides_nothing_wherever_it_stands():
    stopping = "{EarlyStopping: {monitor: loss, patience: 1}}"
    alone, among = (
        built(spec(f"training: {{epochs: 3, callbacks: [{callbacks}]}}")).program
        for callbacks in (stopping, f"TerminateOnNaN, {stopping}, {{CSVLogger: {{filename: a.csv}}}}")
    )
    assert differences(alone, among) == ()


def test_of_another_object_only_its_name_differs():
    before, after = (
        built(spec(f"optimizer: {{{name}: {{learning_rate: 0.1}}}}")) for name in ("SGD", "Adam")
    )
    (found,) = differences(before.program, after.program)
    assert (found.path, found.before.text, found.after.text) == ("optimizer", "SGD", "Adam")


def older(call: Call) -> Iterator[Call]:
    """A Call of ours again and again, each time without another key that nobody wrote, at any depth."""
    row = lookup.own_row(call.target)
    for name, argument in call.arguments.items():
        if row and argument.origin.reason == "default":
            yield call.without(name)
        if isinstance(argument.value, Call):
            for below in older(argument.value):
                yield call.with_argument(name, below, argument.origin)


def test_a_key_that_came_after_a_program_was_saved_has_its_default_there():
    text = spec("schedule: {warmup_cosine: {warmup: 10%}}\nregularization: {early_stopping: 3 epochs}")
    program = built(text, DIGITS).program
    saved = [replace(program, spec=call) for call in older(program.spec)]
    assert len(saved) > 30
    assert [differences(one, program) for one in saved] == [()] * len(saved)


def test_a_key_that_came_after_and_has_another_value_differs_from_its_default():
    program, other = (
        built(spec(f"training: {{epochs: 3, accumulate: {parts}}}"), DIGITS).program for parts in (1, 2)
    )
    training = section(program.spec, "training").without("accumulate")
    saved = replace(program, spec=program.spec.with_argument("training", training, Origin(None)))
    (found,) = differences(saved, other)
    assert (found.path, found.before.text, found.after.text) == ("training.accumulate", "1", "2")


def test_a_value_that_is_gone_has_no_after():
    before, after = (
        built(spec("architecture: [Flatten, {Dense: {units: 8, use_bias: false}}, head]")),
        built(spec("architecture: [Flatten, {Dense: {units: 8}}, head]")),
    )
    (found,) = differences(before.program, after.program)
    assert (found.path, found.before.text, found.after) == (
        "architecture.layers.1.Dense.use_bias",
        "false",
        None,
    )


@pytest.mark.parametrize("line", [STOPPING.replace("3 epochs, @", "50%"), GROUP.replace("@", "freeze: 50%")])
def test_a_share_of_the_run_is_another_in_a_longer_run(line):
    before, after = (built(spec(line).replace("epochs: 3,", f"epochs: {epochs},")) for epochs in (3, 6))
    found = differences(before.program, after.program)
    share, length = sorted(found, key=lambda one: one.ahead)
    assert (share.ahead, length.ahead) == (False, True)
    assert [one.text for one in (share.before, share.after) if one] == [
        "50% of 120 steps",
        "50% of 240 steps",
    ]


ONE_TARGET = edited(("  source: {bundled: digits}", "  source: {bundled: penguins}\n  target: species"))
TWO_TARGETS = edited(
    (
        "  source: {bundled: digits}",
        "  source: {bundled: penguins}\n  target: {species: category, sex: flag}",
    ),
    ("  - head\n", "    as: end\n  - head: species\n    from: end\n  - head: sex\n    from: end\n"),
)


def test_what_decides_what_is_trained_is_not_told_again_among_what_does_not():
    one = built(ONE_TARGET + "loss: CategoricalCrossentropy\n", None).program
    two = built(TWO_TARGETS + "loss: {species: CategoricalCrossentropy, sex: auto}\n", None).program
    for before, after in ((one, two), (two, one)):
        assert {"data.target", "loss"} <= {found.path for found in differences(before, after)}
        assert neutral_differences(before, after) == ()
