"""`recipe schema`."""

import json
from pathlib import Path

from recipe import api
from tests.cli.conftest import Cli


def test_the_schema_is_printed_as_json(cli: Cli) -> None:
    assert json.loads(cli("schema").out) == api.schema()


def test_the_schema_is_written_to_a_file_and_its_name_is_printed(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "recipe.schema.json"
    assert cli("schema", "-o", str(file)).out == f"{file}\n"
    assert json.loads(file.read_text(encoding="utf-8")) == api.schema()
