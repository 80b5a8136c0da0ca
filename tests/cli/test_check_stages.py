"""`recipe check --data` and `--shapes`."""

from pathlib import Path

import pytest

from recipe.cli.check_stages import NOT_CHECKED, Stage
from tests.cli.conftest import XOR, Cli

SMALL = "recipe: 1\ndata: {source: {csv: mine.csv}, target: kind, split: {validation: 20%}}\n"
REST = "architecture: [{Dense: 4}, head]\noptimizer: SGD\ntraining: {epochs: 1, batch_size: 4}\n"


def rows(kinds: str) -> str:
    return "x,kind\n" + "".join(
        f"{number * 37 % 101 / 7:.3f},{kind}\n" for number, kind in enumerate(kinds * 10)
    )


def test_the_data_are_read_where_asked_for(cli: Cli, folder: Path) -> None:
    (folder / "mine.yaml").write_text(SMALL + REST)
    (folder / "mine.csv").write_text(rows("a" * 15 + "b").replace("x,kind", "x,name"))
    assert cli("check", "mine.yaml").code == 0
    said = cli("check", "--data", "mine.yaml")
    assert said.code == 5
    assert "error[R5" in said.out
    assert said.last_line == NOT_CHECKED[Stage.DATA]


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("target: knid", 4),
        ("target: kind\n  ignore: [y]", 5),
        ("target: kind\n  features: {y: number}", 5),
        ("target: kind\n  weight: y", 5),
        ("target: kind\n  split:\n    validation: 20%\n    group: y", 7),
        ("target: kind\n  split:\n    validation: 20%\n    time: y", 7),
    ],
)
def test_a_column_that_is_not_there_is_told_where_it_is_named(
    cli: Cli, folder: Path, key: str, line: int
) -> None:
    (folder / "mine.yaml").write_text(f"recipe: 1\ndata:\n  source: {{csv: mine.csv}}\n  {key}\n{REST}")
    (folder / "mine.csv").write_text(rows("a" * 15 + "b"))
    said = cli("check", "--data", "mine.yaml", "--format", "concise")
    assert [text.split(":")[1] for text in said.out.splitlines() if "R520" in text] == [str(line)]


def test_the_name_of_a_column_that_is_not_there_is_underlined(cli: Cli, folder: Path) -> None:
    (folder / "mine.yaml").write_text(
        f"recipe: 1\ndata:\n  source: {{csv: mine.csv}}\n  target: kind\n  features: {{knid: number}}\n{REST}"
    )
    (folder / "mine.csv").write_text(rows("a" * 15 + "b"))
    said = cli("check", "--data", "mine.yaml", "--format", "concise")
    assert [text.split(":")[1:3] for text in said.out.splitlines() if "R520" in text] == [["5", "14"]]


def test_a_target_that_a_series_does_not_give_is_led_to_its_forecast(cli: Cli, folder: Path) -> None:
    (folder / "mine.csv").write_text("load,heat\n" + "1.5,2\n2.5,3\n" * 40)
    source = "data: {source: {series: {path: mine.csv, window: 4, horizon: 2}}, target: load}\n"
    (folder / "mine.yaml").write_text(f"recipe: 1\n{source}{REST}")
    said = cli("check", "--data", "mine.yaml")
    words = " ".join(said.out.split())
    assert "`mine.csv` is read as `window`, `horizon`, and gives no column `load`" in words
    assert "what it says in `series.forecast`" in words


def test_rules_about_the_data_speak_once_it_is_read(cli: Cli, folder: Path) -> None:
    (folder / "mine.yaml").write_text(SMALL + REST)
    (folder / "mine.csv").write_text(rows("a" * 15 + "b"))
    assert "L50" not in cli("check", "mine.yaml").out
    said = cli("check", "--data", "mine.yaml", "--format", "concise")
    assert said.code == 0
    assert " L50" in said.out
    assert said.err == f"{NOT_CHECKED[Stage.DATA]}\n"


def test_an_ignore_that_only_the_data_can_judge_is_judged_then(cli: Cli, folder: Path) -> None:
    (folder / "xor.yaml").write_text(XOR.replace("runtime:", "# recipe: ignore[L505]\nruntime:"))
    assert "R190" not in cli("check", "xor.yaml").out
    assert "R190" in cli("check", "--data", "xor.yaml").out


def test_layers_that_do_not_fit_are_told_at_their_row(cli: Cli, folder: Path) -> None:
    (folder / "xor.yaml").write_text(
        XOR.replace("  - head", "  - Conv2D: {filters: 2, kernel_size: 3}\n  - head")
    )
    assert cli("check", "--data", "xor.yaml").code == 0
    said = cli("check", "--shapes", "xor.yaml")
    assert said.code == 1
    assert "error[R40" in said.out
    assert "--> xor.yaml:7:5" in said.out


def test_nothing_is_left_unchecked_after_the_shapes(cli: Cli, folder: Path) -> None:
    assert cli("check", "--shapes", "xor.yaml").last_line == "no problems in xor.yaml"


def test_a_spec_with_errors_is_not_checked_further(cli: Cli, folder: Path) -> None:
    (folder / "xor.yaml").write_text(XOR.replace("momentum", "momentun"))
    said = cli("check", "--shapes", "xor.yaml")
    assert said.code == 1
    assert said.last_line == NOT_CHECKED[Stage.SPEC]
