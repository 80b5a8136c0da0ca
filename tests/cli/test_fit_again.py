"""`recipe fit` where a run is there already: it goes on, is done, is refused, or is forked."""

import contextlib
import json
import shutil
from pathlib import Path

import pytest

from recipe.cli.main import run
from recipe.training.locks import lock
from tests.cli.conftest import XOR, Cli


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `xor.yaml`, 2 epochs of one step."""
    place = tmp_path_factory.mktemp("again")
    with contextlib.chdir(place):
        Path("xor.yaml").write_text(XOR)
        assert run(["fit", "-q", "xor.yaml", "--run", "here"]) == 0
    return place / "here"


@pytest.fixture
def here(trained: Path, folder: Path) -> Path:
    """The same in `here`, to be changed."""
    return shutil.copytree(trained, folder / "here")


def test_a_finished_run_in_a_named_folder_is_not_trained_again(cli: Cli, here: Path) -> None:
    before = (here / "status.json").read_bytes()
    said = cli("fit", "xor.yaml", "--run", "here")
    assert (said.code, said.out) == (0, "here\n")
    assert said.err.splitlines()[-1] == "already trained: here"
    assert (here / "status.json").read_bytes() == before


def test_more_epochs_go_on_in_a_named_folder(cli: Cli, here: Path) -> None:
    said = cli("fit", "xor.yaml", "--run", "here", "--set", "training.epochs=4")
    assert said.code == 0
    assert "continuing here" in said.err
    assert [line.split(",")[0] for line in (here / "metrics.csv").read_text().split()] == [
        "epoch", "1", "2", "3", "4",
    ]  # fmt: skip
    assert cli("fit", "xor.yaml", "--run", "here", "--set", "training.epochs=4").err.endswith(
        "already trained: here\n"
    )


def test_another_value_is_refused_with_three_lines_and_the_ways_out(cli: Cli, here: Path) -> None:
    said = cli("fit", "xor.yaml", "--run", "here", "--set", "optimizer.learning_rate=0.1")
    assert said.code == 7
    assert said.out == ""
    lines = [line.strip(" =") for line in said.err.splitlines()]
    start = lines.index("help: optimizer.SGD.learning_rate")
    assert lines[start + 1 : start + 3] == ["- 0.5  (xor.yaml:9)", "+ 0.1  (--set 1:1)"]
    assert "--fork here" in said.err


def test_a_fork_is_a_new_run_that_says_where_it_came_from(cli: Cli, here: Path) -> None:
    words = ("fit", "xor.yaml", "--set", "training.epochs=4", "--fork", "here")
    said = cli(*words)
    assert (said.code, said.last_line) == (0, str(Path("runs/small-xor/1")))
    assert "starting from the newest checkpoint of here" in said.err
    assert f"it started from step 2 of {here.resolve()}" in cli("status", "runs/small-xor/1").out
    assert "already trained: runs/small-xor/1" in cli(*words).err


def test_a_fork_that_is_refused_leaves_no_folder(cli: Cli, here: Path) -> None:
    said = cli("fit", "xor.yaml", "--fork", "here")
    assert said.code == 7
    assert "R617" in said.err
    assert list(Path("runs/small-xor").iterdir()) == []


@pytest.mark.parametrize(
    "options",
    [
        ("--allow-data-change",),
        ("--seeds", "2", "--fork", "here"),
        ("--fork", "nowhere"),
    ],
)
def test_options_that_cannot_do_anything_are_usage_errors(
    cli: Cli, here: Path, options: tuple[str, ...]
) -> None:
    assert cli("fit", "xor.yaml", *options).code == 2


def test_one_line_says_what_a_new_run_does_in_another_way(cli: Cli, folder: Path) -> None:
    cli("fit", "-q", "xor.yaml")
    said = cli("fit", "xor.yaml", "--set", "training.epochs=3")
    assert "differs from runs/small-xor/1 in training.epochs: 2 epochs -> 3 epochs" in said.err.splitlines()


def test_another_machine_is_refused_with_a_table_until_it_is_accepted(cli: Cli, here: Path) -> None:
    path = here / "environment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"threads": 99}))
    longer = ("fit", "xor.yaml", "--run", "here", "--set", "training.epochs=3")
    said = cli(*longer)
    assert said.code == 7
    table = [line.split() for line in said.err.splitlines() if line.strip().startswith("threads")]
    assert [row[:2] for row in table] == [["threads", "99"]]
    accepted = cli(*longer, "--engine-changed", "--stall-timeout", "60")
    assert accepted.code == 0
    assert "R615" in accepted.err


# -- a folder that something else damaged ---------------------------------------------------------

DAMAGES = (
    "deleted",
    "a link to the root",
    *(pytest.param(how, marks=pytest.mark.slow) for how in ("empty", "binary", "of another type")),
)


def damage(path: Path, how: str) -> None:
    path.unlink()
    contents = {"empty": b"", "binary": bytes(range(256)), "of another type": b"[1, 2]"}
    if how in contents:
        path.write_bytes(contents[how])
    elif how == "a link to the root":
        path.symlink_to("/")


def listing(folder: Path) -> dict[str, bytes]:
    plain = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("run.lock"))
    return {str(path): path.read_bytes() for path in plain}


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", ["program.json", "environment.json"])
def test_a_damaged_file_that_a_run_cannot_go_on_without_is_named_and_nothing_is_touched(
    cli: Cli, here: Path, name: str, how: str
) -> None:
    damage(here / name, how)
    before = listing(here)
    said = cli("fit", "xor.yaml", "--run", "here", "--set", "training.epochs=3")
    assert said.code == 7
    assert "R602" in said.err
    assert name in said.err
    assert listing(here) == before


@pytest.mark.parametrize("how", DAMAGES)
def test_damaged_files_that_a_run_writes_itself_are_written_again(cli: Cli, here: Path, how: str) -> None:
    names = ("metrics.csv", "layers.json", "spec.yaml", "weights.safetensors", "model.keras")
    for name in names:
        damage(here / name, how)
    assert cli("fit", "xor.yaml", "--run", "here", "--set", "training.epochs=3").code == 0
    for name in names:
        assert (here / name).is_file()
        assert not (here / name).is_symlink()


def test_where_every_checkpoint_is_damaged_nothing_begins_anew(cli: Cli, here: Path) -> None:
    for path in (here / "checkpoints").glob("*/arrays.safetensors"):
        path.write_bytes(path.read_bytes()[:-1])
    before = listing(here)
    said = cli("fit", "xor.yaml", "--run", "here", "--set", "training.epochs=3")
    assert said.code == 7
    assert "R609" in said.err
    assert listing(here) == before


def test_a_folder_that_another_process_trains_in_is_refused_untouched(cli: Cli, here: Path) -> None:
    with lock(here):
        before = listing(here)
        said = cli("fit", "xor.yaml", "--run", "here", "--set", "training.epochs=3")
        assert said.code == 7
        assert "R607" in said.err
        assert listing(here) == before


def test_files_that_recipe_did_not_make_stay(cli: Cli, here: Path) -> None:
    foreign = {here / "notes.txt": "mine", here / "checkpoints" / "step-old": "mine"}
    for path, text in foreign.items():
        path.write_text(text)
    assert cli("fit", "xor.yaml", "--run", "here", "--set", "training.epochs=5").code == 0
    assert {path: path.read_text() for path in foreign} == foreign


# -- folders with strange names -------------------------------------------------------------------

NAMES = ("a b #1", "e\u0301/😀")
MORE_NAMES = ("é", "50%", "a\nb", "n" * 200, "trailing/", "~", "'", "-dash")


@pytest.mark.parametrize(
    "name", [*NAMES, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE_NAMES)]
)
def test_a_run_folder_may_have_any_name(cli: Cli, folder: Path, name: str) -> None:
    assert cli("fit", "-q", "xor.yaml", "--run", name).code == 0
    assert (Path(name) / "model.keras").is_file()
    assert cli("status", "--json", "--", name).code == 0
    assert "already trained" in cli("fit", "xor.yaml", "--run", name).err


def test_a_run_folder_behind_a_link_is_the_one_it_leads_to(cli: Cli, here: Path) -> None:
    Path("link").symlink_to(here)
    assert cli("fit", "xor.yaml", "--run", "link").err.endswith("already trained: link\n")
    words = ("fit", "-q", "xor.yaml", "--set", "training.epochs=3", "--fork")
    assert cli(*words, "link").last_line == cli(*words, "here").last_line


def test_a_run_folder_that_was_moved_goes_on(cli: Cli, here: Path, tmp_path: Path) -> None:
    moved = shutil.move(here, tmp_path / "elsewhere")
    assert cli("fit", "-q", "xor.yaml", "--run", moved, "--set", "training.epochs=3").code == 0


def test_what_a_finished_run_was_told_otherwise_is_named(cli: Cli, here: Path) -> None:
    asked = ("--set", "metrics=[Hinge]", "--set", "monitor.tensorboard=true")
    assert "with other values" not in cli("fit", "xor.yaml", "--run", "here").err
    said = cli("fit", "xor.yaml", "--run", "here", *asked)
    assert said.err.splitlines()[-2:] == [
        "already trained: here",
        "with other values of metrics, monitor.tensorboard",
    ]
