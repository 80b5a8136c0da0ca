"""Problems of machines, run folders and rare places, made from the facts that they have in practice."""

from recipe.diagnostics import (
    architectures,
    commands,
    data_files,
    data_predictions,
    data_sources,
    data_splits,
    engines,
    imports,
    initialization,
    lint_runs,
    machine,
    models,
    monitoring,
    numerics,
    packs,
    presets,
    runs_resuming,
    shapes,
    syntax,
    text,
    updates,
    yaml_forms,
)
from recipe.diagnostics import expressions as expression_problems
from recipe.diagnostics import runs as run_problems
from recipe.diagnostics.conflicts_runs import StrategyRefuses
from recipe.diagnostics.conflicts_slots import TooManyPatterns
from recipe.diagnostics.eject import CannotBeEjected
from recipe.diagnostics.notation import NotAnObject
from recipe.diagnostics.places import Place
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.runs_resuming import Change, Condition
from recipe.diagnostics.spans import Span

SOURCE = "mine.yaml"
SPEC = """\
recipe: 1
name: small
data: {source: {bundled: digits}, split: {validation: 10%}}
architecture:
  - Conv2D: {filters: 8, kernel_size: 99}
  - Flatten
  - head
init: {match: {"*": Zeros}}
optimizer: {AdamW: {learning_rate: 1e-3, beta_1: 0.9}}
training: {epochs: 10}
runtime: {strategy: mirrored}
"""
RUN = "runs/small/1"
CHECKPOINTS = f"{RUN}/checkpoints"
KNOBS = (
    "no dropout: put `- Dropout` before `- head`, and write `regularization: {dropout: 0.2}`",
    "no weight decay: write `regularization: {weight_decay: 1e-2}`",
)
CONDITIONS = (Condition("versions.keras", "3.15.0", "3.15.1"), Condition("threads", "16", "2"))


def at(piece: str) -> Span:
    """The place of a piece of the spec."""
    before = SPEC[: SPEC.index(piece)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Span(SOURCE, line, column, line, column + len(piece))


def lines(*numbers: int) -> tuple[Place, ...]:
    """Lines of a file of flowers."""
    return tuple(Place("new.csv", number) for number in numbers)


def rows(*numbers: int) -> tuple[Place, ...]:
    """Rows of a file of flowers."""
    return tuple(Place("new.parquet", number, "row") for number in numbers)


CONSTRUCTED: tuple[Problem, ...] = (
    imports.ImportsNotAllowed(at("name"), ("my_layers", "my_losses")),
    imports.ImportFailed(at("name"), "my_layers", "ModuleNotFoundError: No module named 'my_layers'", False),
    imports.NoRegisteredClass(at("Flatten"), "my_layers.Gated", ("Layer",)),
    presets.OutputNotNamed(at("Flatten"), "BertBackbone", ("sequence_output", "pooled_output"), "pooled"),
    presets.PresetNotRead(at("Flatten"), "./my_bert", True, "there is no such folder"),
    presets.PresetRefused(
        at("Flatten"),
        "./my_bert",
        "config.json",
        "names `keras.layers.Lambda`, which is no class of Keras or KerasHub without code",
    ),
    initialization.BeganAsEarlier(
        at("init"),
        "runs/pretrained/1",
        34,
        37,
        ("dense/kernel",),
        (
            initialization.OtherShape("head/kernel", (64, 1000), (64, 10)),
            initialization.OtherShape("head/bias", (1000,), (10,)),
        ),
        ("top/kernel",),
    ),
    initialization.NoEarlierWeights(at("init"), "runs/pretrained/7", "there is no such run or file"),
    initialization.NothingBeganAsEarlier(
        at("init"), "other.keras", ("conv1/kernel", "conv1/bias"), ("conv2d/kernel", "head/kernel"), ()
    ),
    updates.PatternMatchesNothing(
        at("optimizer"), "optimizer.groups", "haed/*", ("conv2d/kernel", "head/kernel", "head/bias")
    ),
    updates.NothingLearns(at("optimizer"), 500),
    updates.GroupsMatched(
        None, ("`backbone.*` 52 weights, learning rate x0.1", "`**` 2 weights, frozen for 500 steps")
    ),
    lint_runs.MostlyClipped(at("training"), 0.83, 0.1),
    packs.ChangedWhileRead(None, ("log.csv",)),
    data_sources.DoesNotFit(None, "digits.npz", "x_train", 2**50, 22 * 2**30),
    data_sources.TextsDoNotFit(at("data"), "customer", "sales.csv", 9 * 2**30, 4 * 2**30),
    data_sources.PackageMissing(None, "parquet", "pyarrow", "parquet"),
    data_sources.UnusableColumn(None, "new.parquet", "box", "struct<x: int64, y: int64>"),
    data_sources.UnevenLists(None, "new.parquet", "scores", "3 values", "2 values", 7, rows(4, 9, 11)),
    data_sources.CannotFetch(None, "mnist", "~/.keras/datasets", "<urlopen error no route to host>"),
    data_sources.UnknownPart(None, "mnist", "tets", ("train", "test")),
    data_sources.OneOfTwo(None, "huggingface", "name", "path"),
    data_sources.BrokenRecord(None, "a.tfrecord", 12, 40_961, "its content has another checksum"),
    data_sources.FeatureDiffers(
        None,
        "a.tfrecord",
        "age",
        "1 whole number",
        "2 whole numbers",
        1,
        (Place("a.tfrecord", 7, "record"),),
        ("age", "label"),
    ),
    architectures.TooDeep(at("Flatten"), 32),
    text.MissingFile(None, "xr.yaml", ("xor.yaml", "digits-mlp.yaml")),
    text.NotAFile(None, "specs", "the directory"),
    text.UnreadableFile(None, "mine.yaml", "permission denied"),
    text.NotUtf8(Span(SOURCE, 2, 7, 2, 8), 0xE4, "Latin-1 or Windows-1252"),
    text.TooLarge(Span(SOURCE, 1, 1, 1, 1), 1_000_000, 262_144),
    text.TooManyNodes(at("training"), 20_000),
    yaml_forms.AliasExpansion(at("AdamW"), "many", 20_000, 1_000_000),
    text.TooManyProblems(at("training"), 100),
    syntax.InvalidYaml(at("head"), "did not find expected node content"),
    expression_problems.AbsentFact(at("head"), "vocabulary"),
    NotAnObject(at("Flatten"), "the integer 10"),
    StrategyRefuses(at("mirrored"), "BatchNormalization", "mirrored", "each device sees a share of a batch"),
    TooManyPatterns(at('{"*": Zeros}'), 2000, 4000, 1_000_000),
    CannotBeEjected(
        at("mirrored"),
        "runtime.strategy",
        "`mirrored`",
        "it trains on one device",
        "runtime.strategy=single",
    ),
    models.CannotBeWritten(None, "mine", "Lambda"),
    models.NoModel(None, "ResNet51", "there is no such file, and no such application"),
    shapes.LayerRefused(
        at("Conv2D"),
        "Conv2D",
        ((8, 8, 1),),
        "Computed output size would be zero or negative. Received `inputs shape=(None, 8, 8, 1)`, "
        "`kernel shape=(99, 99, 1, 8)`, `dilation_rate=[1 1]`, `strides=(1, 1)`, `padding=valid`",
        (("input", "(8, 8, 1)"),),
    ),
    shapes.ObjectRefused(at("AdamW"), "AdamW", "Argument `beta_1` must be below 1. Received: 1.5"),
    shapes.InitializerRefused(
        at("kernel_size: 99"), "Identity", "it is for matrices", "conv2d/kernel", (99, 99, 1, 8)
    ),
    shapes.CannotBeSaved(at("kernel_size: 99"), "ELU"),
    shapes.ReceiptDiffers(at("kernel_size: 99"), "Conv2D", "kernel_size", "99", "(5, 5)"),
    shapes.OutputDoesNotFit(at("head"), "digit", (6, 6, 10), (10,)),
    shapes.NothingTrainable(at("architecture")),
    shapes.IdsBeyondTable(at("Flatten"), "positions.table", 32, 63),
    data_files.UnreadableFile(at("bundled"), "flowers.csv", "permission denied"),
    data_files.UnknownSet(at("digits"), "digit", ("digits", "penguins", "xor")),
    data_predictions.WrongWidth(None, "new.csv", 64, (8, 8, 1), 3),
    data_predictions.NotBytes(None, "column_1", "256", 2, lines(1, 7)),
    data_predictions.UnfilledCells(None, "island", "category", 1, lines(3)),
    packs.CacheRefuses(None, "/home/ann/.cache/recipe/packs", "EROFS", "Read-only file system"),
    packs.CacheTooSmall(None, "/home/ann/.cache/recipe/packs", "train", 21_000_000_000, 3_000_000_000),
    packs.PackedAnew(None, "train", "1 row of `image.values` changed, first row 17"),
    packs.DamagedExample(None, "packs/0f3c-77ab/image.values", 17, 1),
    packs.NoSuchPack(None, "0f3d", ("0f3c", "77ab")),
    packs.Streamed(None, "train", 21_000_000_000, 16_000_000_000),
    data_splits.NoTraining(at("bundled"), ("test",)),
    run_problems.NotARunFolder(None, "runs/small", True, RUN),
    run_problems.UnreadableRunFile(
        None, f"{RUN}/metrics.csv", "row 3 has 4 cells, expected 7", "train again to write it anew"
    ),
    run_problems.FolderHasARun(None, RUN),
    run_problems.FolderInUse(None, RUN, 4242, "laptop", "2026-01-31T09:30:00+00:00", True),
    run_problems.DamagedCheckpoint(
        None,
        f"{CHECKPOINTS}/step-00000020",
        "`arrays.safetensors` is not what was written: its sha256 differs",
        "step-00000020.corrupt",
        "step-00000010",
    ),
    run_problems.FolderGone(None, RUN),
    run_problems.OtherFormat(None, f"{RUN}/program.json", 2, 1),
    run_problems.NoWholeCheckpoint(
        None, CHECKPOINTS, (("step-00000010", "`arrays.safetensors` has 0 bytes, expected 900"),)
    ),
    run_problems.Interrupted(None, 1200, RUN),
    runs_resuming.OtherRun(
        at("1e-3"),
        RUN,
        300,
        (
            Change("optimizer.AdamW.learning_rate", "0.003", f"{SOURCE}:9", "0.001", f"{SOURCE}:9"),
            Change("training.epochs", "5 epochs", f"{SOURCE}:10", "10 epochs", f"{SOURCE}:10"),
            Change("runtime.seed", "0", "", "7", "--set 1:1"),
            Change("training.batch_size", "64", f"{SOURCE}:10", "32", ""),
        ),
    ),
    runs_resuming.ChangedData(None, RUN, 40, 40),
    runs_resuming.DataChangeAccepted(None, RUN, 300),
    runs_resuming.OtherEnvironment(None, RUN, CONDITIONS),
    runs_resuming.EnvironmentAccepted(None, RUN, 300, CONDITIONS),
    runs_resuming.UnfitWeights(
        at("Conv2D"),
        f"{CHECKPOINTS}/step-00000300",
        (("conv2d/kernel", "(3, 3, 1, 8)", "(99, 99, 1, 8)"), ("dense/bias", "(16,)", "")),
    ),
    runs_resuming.NothingLeft(at("epochs: 10"), f"{CHECKPOINTS}/step-00000300", 300, 300),
    runs_resuming.NoCheckpoint(None, RUN),
    machine.WeightsNotFetched(at("Conv2D"), "ResNet50", "URL fetch failure: name resolution"),
    lint_runs.Overfitting(at("training"), "accuracy", 0.98, 0.81, 12, KNOBS),
    lint_runs.RisingLoss(at("training"), 4, 30, 0.43),
    lint_runs.NothingLearned(at("AdamW"), 2.303, 2.301, 10),
    lint_runs.NoBetterThanGuess(at("AdamW"), "val_accuracy", 0.11, "3", 0.11),
    machine.TooFewDevices(at("strategy: mirrored"), "mirrored", 1, "GPU"),
    numerics.Diverged(None, 2, 57, 0.5, 3.2e11, "the loss", tuple(range(3, 67))),
    numerics.NotRepeatable(None, 4, "model/0002/dense/kernel"),
    numerics.MetricNotFinite(None, 2, ("val_precision",)),
    numerics.LossSpike(None, 1204, 38.2, 2.31),
    numerics.StillWeights(None, ("dense/kernel", "dense/bias")),
    machine.Stalled(None, 30.0, "runs/fashion/1/stacks.txt"),
    machine.StepOutOfMemory(
        at("recipe: 1"), 64, 1, "OOM when allocating tensor with shape[64,112,112,256] and type float"
    ),
    machine.BackendTaken(None, "jax", "tensorflow"),
    machine.BackendMissing(None, "jax"),
    engines.ProductsSettled(None, "bfloat16_products"),
    engines.ProductsUnchanged(None),
    engines.HalfConverted(None, "mixed_bfloat16"),
    engines.EngineChosen(None, "xla", "the fastest of 2", (("graph", 0.266), ("xla", 0.107))),
    machine.UnwritableFolder(None, RUN, "EACCES", "Permission denied"),
    machine.TooLittleSpace(None, RUN, 3_200_000_000, 1_100_000_000),
    machine.CheckpointNotSaved(
        None, f"{CHECKPOINTS}/step-00000020", "ENOSPC", "No space left on device", 3_200_000, 1_100_000
    ),
    commands.NoSuchKey(None, "learning_rat", SOURCE, ("optimizer.AdamW.learning_rate", "learning_rate")),
    commands.NoSuchCode(None, "R1117", ("R111", "R117")),
    commands.NoSuchTemplate(None, "xro", ("digits-mlp", "xor")),
    commands.NoSuchPage(None, "langage", ("language", "runs")),
    commands.FileInTheWay(None, SOURCE),
    commands.CannotWrite(
        None, RUN, "no space left on device", "free some space, or choose another place with `--run DIR`"
    ),
    commands.OutOfMemory(None, "failed to allocate 12.0 GB"),
    monitoring.TrackerMissing(at("recipe: 1"), "monitor.mlflow", "mlflow"),
    monitoring.TrackerRefused(at("recipe: 1"), "monitor.mlflow", "[Errno 13] Permission denied: '/srv/ml'"),
    monitoring.TrackerFailed(None, "monitor.mlflow", "[Errno 28] No space left on device"),
    monitoring.TooFarBehind(at("recipe: 1"), "accuracy", 0.98, 0.81, 12, 0.15, 3, KNOBS, stops=True),
)
