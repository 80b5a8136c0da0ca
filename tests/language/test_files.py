import os
from pathlib import Path

import pytest

from recipe.diagnostics import text
from recipe.language.files import MAX_BYTES, decode, read_text
from recipe.language.reader import read_file


def refusal(path):
    problems = []
    assert read_file(path, "shown.yaml", problems) is None
    (problem,) = problems
    return problem


def test_a_file_is_read_under_the_name_that_the_user_knows(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: \xc3\xa9\n")
    document = read_file(path, "shown.yaml", [])
    assert (document.source, document.text, document.root.span.source) == (
        "shown.yaml",
        "name: é\n",
        "shown.yaml",
    )


def test_a_missing_file_names_the_one_beside_it_that_was_meant(tmp_path):
    (tmp_path / "fashion.yaml").touch()
    problem = refusal(tmp_path / "fashoin.yaml")
    assert isinstance(problem, text.MissingFile)
    assert "shown.yaml" in problem.message
    assert text.MissingFile(None, "a/fashoin.yaml", problem.beside).help == "did you mean `fashion.yaml`?"


def test_a_directory_is_no_spec(tmp_path):
    assert refusal(tmp_path) == text.NotAFile(None, "shown.yaml", "the directory")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_would_never_end_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == text.NotAFile(None, "shown.yaml", "the device or pipe")


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "file.yaml/inside"])
def test_a_path_that_the_system_refuses_is_a_problem_and_no_crash(tmp_path, name):
    (tmp_path / "file.yaml").touch()
    assert isinstance(refusal(tmp_path / name), text.UnreadableFile | text.MissingFile)


def test_a_file_without_permission_is_named_with_the_reason(tmp_path, monkeypatch):
    path = tmp_path / "spec.yaml"
    path.touch()

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert refusal(path) == text.UnreadableFile(None, "shown.yaml", "permission denied")


def test_bytes_that_are_not_utf_8_are_pointed_at():
    problems = []
    assert decode("a: 1\nb: é".encode("latin-1"), "spec.yaml", problems) is None
    (problem,) = problems
    assert (problem.byte, problem.span.line, problem.span.column) == (0xE9, 2, 4)


def test_utf_16_is_recognized():
    problems = []
    decode("a: 1".encode("utf-16"), "spec.yaml", problems)
    assert problems[0].looks_like == "UTF-16"


def test_a_large_file_is_refused_before_it_is_decoded(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"\xff" * (MAX_BYTES + 5))
    assert refusal(path).num_bytes == MAX_BYTES + 5


def test_a_file_of_exactly_the_limit_is_read(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"#" * MAX_BYTES)
    assert read_text(path, "spec.yaml", []) == "#" * MAX_BYTES
