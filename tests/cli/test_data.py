"""`recipe data`."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import PENGUINS, Cli, process


def write(folder: Path) -> str:
    (folder / "penguins.yaml").write_text(PENGUINS)
    return "penguins.yaml"


def test_the_text_has_counts_kinds_with_their_reasons_and_rows_of_the_file(cli: Cli, folder: Path) -> None:
    said = cli("data", write(folder))
    assert said.code == 0
    assert "data of small-penguins: penguins.csv (344 rows)" in said.out
    assert "342 of 342 cells are numbers" in said.out
    assert "info[R532]" in said.err
    assert max(map(len, said.out.splitlines())) <= 80


def test_missing_cells_that_nothing_is_said_of_are_told_beside_the_page(cli: Cli, folder: Path) -> None:
    (folder / "gaps.yaml").write_text(PENGUINS.replace("  missing: drop\n", ""))
    said = cli("data", "gaps.yaml", "-o", "gaps.html")
    assert said.code == 5
    assert said.err.count("error[R530]") == 5
    assert "`data.missing: drop`" in said.err
    assert "data of small-penguins: penguins.csv (344 rows)" in said.out
    assert any(line.split()[:3] == ["sex", "category", "11"] for line in said.out.splitlines())
    assert "error" in (folder / "gaps.html").read_text(encoding="utf-8")


def test_missing_cells_are_not_all_that_is_wrong(cli: Cli, folder: Path) -> None:
    text = PENGUINS.replace("  missing: drop\n", "").replace("target: species", "target: spcies")
    (folder / "wrong.yaml").write_text(text)
    said = cli("data", "wrong.yaml")
    assert (said.code, said.out) == (5, "")


def test_labels_are_counted_each_with_its_share_and_examples_without_any(cli: Cli, folder: Path) -> None:
    rows = [f"{row},{('a|b', 'b', '', 'b|c')[row % 4]}" for row in range(8)]
    (folder / "films.csv").write_text("\n".join(["length,genres", *rows]))
    text = 'data: {source: {csv: films.csv}, target: {genres: {labels: "|"}}}\n'
    (folder / "films.yaml").write_text(
        f"recipe: 1\nname: films\n{text}architecture: [head]\noptimizer: SGD\ntraining: {{epochs: 1}}\n"
    )
    said = cli("data", "films.yaml", "-o", "films.html")
    counts = ["a 2 25.0%", "b 6 75.0%", "c 2 25.0%", "(no label) 2 25.0%"]
    assert [line for line in map(" ".join, map(str.split, said.out.splitlines())) if line in counts] == counts
    assert "(no label)" in (folder / "films.html").read_text(encoding="utf-8")


def test_json_has_everything_that_the_text_and_the_page_show(cli: Cli, folder: Path) -> None:
    found = json.loads(cli("data", write(folder), "--json", "-q").out)
    columns = {column["name"]: column for column in found["columns"]}
    assert sum(part["examples"] for part in found["parts"]) == 333
    assert columns["sex"]["missing"] == 11
    assert columns["species"]["role"] == "target"
    assert sum(sum(counts) for counts in columns["species"]["counts"].values()) == 333
    assert "R532" in {finding["code"] for finding in found["findings"]}


def test_the_page_stands_alone(cli: Cli, folder: Path) -> None:
    said = cli("data", "xor.yaml", "-o", "data.html")
    text = (folder / "data.html").read_text(encoding="utf-8")
    assert said.code == 0
    assert "<h1>Data of small-xor</h1>" in text
    assert "http" not in text.replace('http-equiv="Content-Security-Policy"', "").replace(
        "http://www.w3.org", ""
    )


def test_images_lie_in_the_page(cli: Cli, folder: Path) -> None:
    text = PENGUINS.partition("data:")[0] + (
        "data: {source: {bundled: digits}}\narchitecture: [Flatten, head]\noptimizer: SGD\n"
        "training: {epochs: 1}\n"
    )
    (folder / "digits.yaml").write_text(text)
    assert cli("data", "digits.yaml", "-o", "digits.html", "-q").code == 0
    assert (folder / "digits.html").read_text(encoding="utf-8").count("data:image/png;base64,") == 48


def test_data_that_cannot_be_used_end_with_5_and_the_reason(cli: Cli, folder: Path) -> None:
    said = cli("data", write(folder), "--set", "data.missing=error")
    assert said.code == 5
    assert "R530" in said.err


def test_a_page_is_html(cli: Cli, folder: Path) -> None:
    assert cli("data", write(folder), "-o", "data.pdf").code == 2


def test_no_framework_is_loaded(folder: Path) -> None:
    write(folder)
    code = (
        "import sys; from recipe.cli.main import run; code = run(['data', 'penguins.yaml', '-q']); "
        "print(code, {'tensorflow', 'keras', 'jax'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, check=False, timeout=60
    )
    assert done.stderr.strip().endswith("0 set()")


def test_a_stream_without_unicode_gets_other_bars(folder: Path) -> None:
    write(folder)
    said = process("data", str(folder / "penguins.yaml"), "-q", PYTHONIOENCODING="ascii")
    assert said.returncode == 0
    assert "=" in said.stdout
    assert "\\u25" not in said.stdout
