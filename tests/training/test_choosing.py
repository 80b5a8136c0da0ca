"""`engine: auto`: the fastest mode is measured within a budget, remembered, and changes nothing else."""

import json

import numpy as np
import pytest

import recipe
from recipe.program.caches import cache_folder
from recipe.training import choosing, states
from recipe.training.choosing import choose
from recipe.training.engines.engine import Engine, engine_for
from recipe.training.engines.modes import FUSED, GRAPH, PER_CORE, XLA, Mode
from tests.training.specs import BACKEND, DIGITS, IMAGES

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="JAX has one way to execute a block")

DROPOUT = DIGITS.replace("  - head", "  - Dropout: 0.3\n  - head")
NORMAL = DROPOUT.replace("  - head", "  - BatchNormalization\n  - head")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measures runs of any length with a budget for everything."""
    monkeypatch.setattr(choosing, "LARGEST_SHARE", 1e6)


def made(text: str, *overrides: str) -> tuple[Engine, recipe.api.Compilation]:
    compilation = recipe.compile(recipe.load("small.yaml", overrides, text=text))
    return engine_for(compilation.compiled), compilation


def chosen(text: str, *overrides: str):
    engine, compilation = made(text, *overrides)
    return engine, choose(engine, compilation.dataset.splits["train"])


def taking(monkeypatch: pytest.MonkeyPatch, seconds: dict[Mode, float]) -> list[Mode]:
    """Let modes take what is said; returns the modes that are tried, in their order."""
    tried: list[Mode] = []

    def time(trials: choosing.Trials, mode: Mode) -> None:
        tried.append(mode)
        trials.first[mode], trials.step[mode] = 0.0, seconds[mode]

    monkeypatch.setattr(choosing.Trials, "time", time)
    if seconds:
        monkeypatch.setattr(choosing.Trials, "glance", lambda trials, mode: seconds[mode])
    return tried


def test_an_engine_that_is_written_is_not_asked_about(patient):
    engine, problem = chosen(DIGITS, "runtime.engine=xla")
    assert (engine.mode, problem) == (XLA, None)


def test_a_short_run_takes_the_graph_without_measuring(monkeypatch):
    tried = taking(monkeypatch, {})
    engine, problem = chosen(DIGITS)
    assert (engine.mode, problem) == (GRAPH, None)
    assert tried == []


def test_a_run_of_few_long_steps_is_measured(monkeypatch):
    monkeypatch.setattr(choosing, "LONGEST_SECONDS", 100.0)
    tried = taking(monkeypatch, {GRAPH: 5.0, XLA: 3.0})
    engine, _ = chosen(DIGITS, "training.epochs=40")
    assert tried == [GRAPH, XLA]
    assert engine.mode is XLA


def test_the_fastest_mode_is_taken_and_the_numbers_are_said(patient, monkeypatch):
    taking(monkeypatch, {GRAPH: 0.002, XLA: 0.001})
    engine, problem = chosen(DIGITS)
    assert engine.mode is XLA
    assert "milliseconds a step: xla 1, graph 2" in problem.message


def test_an_equal_run_remembers_the_choice(patient, monkeypatch):
    taking(monkeypatch, {GRAPH: 0.002, XLA: 0.001})
    chosen(DIGITS)
    tried = taking(monkeypatch, {})
    engine, problem = chosen(DIGITS)
    assert engine.mode is XLA
    assert tried == []
    assert "earlier run" in problem.message


@pytest.mark.parametrize("content", ["", "{", "[]", '{"x": 1}'])
def test_a_damaged_memory_is_measured_again(patient, monkeypatch, content: str):
    taking(monkeypatch, {GRAPH: 0.002, XLA: 0.001})
    chosen(DIGITS)
    (cache_folder() / "engines.json").write_text(content)
    tried = taking(monkeypatch, {GRAPH: 0.001, XLA: 0.002})
    engine, _ = chosen(DIGITS)
    assert engine.mode is GRAPH
    assert tried == [GRAPH, XLA]


def test_a_remembered_engine_that_does_not_exist_is_measured_again(patient, monkeypatch):
    engine, _ = made(DIGITS)
    cache_folder().mkdir(parents=True)
    (cache_folder() / "engines.json").write_text(json.dumps({choosing.key(engine): {"engine": "warp"}}))
    tried = taking(monkeypatch, {GRAPH: 0.001, XLA: 0.002})
    chosen(DIGITS)
    assert tried == [GRAPH, XLA]


def test_another_program_has_another_memory():
    assert choosing.key(made(DIGITS)[0]) != choosing.key(made(DIGITS, "training.batch_size=32")[0])


def test_convolutions_are_never_compiled_by_xla_here(patient, monkeypatch):
    tried = taking(monkeypatch, {GRAPH: 0.002, FUSED: 0.001})
    engine, _ = chosen(IMAGES)
    assert tried == [GRAPH, FUSED]
    assert engine.mode is FUSED


def test_parts_side_by_side_are_taken_where_operations_keep_to_a_core(patient, monkeypatch):
    monkeypatch.setattr(choosing, "keeps_to_cores", lambda: True)
    monkeypatch.setattr(choosing, "usable_cores", lambda: 2)
    convolutions = IMAGES.replace("  - BatchNormalization\n", "")
    monkeypatch.setattr(choosing, "LARGEST_SHARE", 0.0)
    engine, problem = chosen(convolutions)  # too short a run to measure
    assert (engine.mode, problem) == (PER_CORE, None)
    monkeypatch.setattr(choosing, "LARGEST_SHARE", 1e6)
    tried = taking(monkeypatch, {PER_CORE: 0.002, GRAPH: 0.001})
    engine, _ = chosen(convolutions)
    assert tried == [PER_CORE, GRAPH]
    assert engine.mode is GRAPH
    tried = taking(monkeypatch, {GRAPH: 0.002, FUSED: 0.001})
    chosen(IMAGES)
    assert tried == [GRAPH, FUSED]


def test_xla_would_draw_other_random_numbers_and_is_not_tried(patient):
    _, problem = chosen(DROPOUT)
    assert [name for name, _ in problem.milliseconds] == ["graph"]
    assert "xla would draw other random numbers" in problem.message
    _, problem = chosen(DIGITS)
    assert [name for name, _ in problem.milliseconds] == ["graph", "xla"]


def test_a_mode_beyond_the_budget_is_not_tried(monkeypatch):
    tried = taking(monkeypatch, {GRAPH: 20.0, XLA: 10.0})
    engine, problem = chosen(DIGITS)
    assert tried == [GRAPH]
    assert engine.mode is GRAPH
    assert "to measure xla takes longer than it may" in problem.message


@pytest.mark.parametrize("text", [DIGITS, NORMAL], ids=["graph and XLA", "graph and fused, with dropout"])
def test_measuring_leaves_every_array_of_the_run_as_it_was(patient, text: str):
    engine, compilation = made(text)
    before = states.arrays_of(engine, ())
    choose(engine, compilation.dataset.splits["train"])
    after = states.arrays_of(engine, ())
    assert after.keys() == before.keys()
    for name, array in before.items():
        np.testing.assert_array_equal(after[name], array, err_msg=name)


def test_a_run_that_measured_ends_with_the_bits_of_one_that_did_not(patient):
    measured = recipe.fit(recipe.load("small.yaml", text=NORMAL), keep=False)
    engine = choosing.remembered(engine_for(measured.outcome.compiled))
    assert engine is not None
    plain = recipe.fit(recipe.load("small.yaml", [f"runtime.engine={engine.name}"], text=NORMAL), keep=False)
    for one, other in zip(measured.model.get_weights(), plain.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_run_folder_says_which_engine_it_was(patient, monkeypatch, tmp_path):
    taking(monkeypatch, {GRAPH: 0.002, FUSED: 0.001})
    run = recipe.fit(recipe.load("small.yaml", text=IMAGES), runs=tmp_path / "runs")
    assert json.loads((run.path / "environment.json").read_text())["engine"] == "graph_fused"
    assert "`engine: graph_fused`: the fastest of 2" in (run.path / "log.txt").read_text()
