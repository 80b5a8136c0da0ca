"""What all commands share: help, misspelled words, exit codes, and errors that nobody expected."""

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recipe import api
from recipe.cli.main import COMMANDS, GROUPS, main
from tests.cli.conftest import Cli

# What these give is a run, a file or a script; `schema` is JSON as it is.
WRITES = {"fit", "init", "eject", "from-keras", "schema"}


def test_without_arguments_the_help_names_every_command_the_main_one_first(cli: Cli) -> None:
    said = cli()
    below = said.out[said.out.index("Train:") : said.out.index("Examples:")]
    listed = [line.split()[0] for line in below.splitlines() if line.strip() and line.startswith("  ")]
    assert said.code == 0
    assert listed[0] == "fit"
    assert [command.name for command in COMMANDS] == listed[: len(COMMANDS)]
    assert "..." not in below  # no summary is cut


def test_the_help_groups_the_commands_by_what_they_are_for(cli: Cli) -> None:
    said = cli("-h").out
    places = [said.index(f"\n{title}:\n") for title in GROUPS]
    assert places == sorted(places)
    assert len(GROUPS) > 3


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_that_reads_speaks_json(name: str) -> None:
    (command,) = (one for one in COMMANDS if one.name == name)
    options = {option for parameter in command.params for option in parameter.opts}
    assert ("--json" in options) != (name in WRITES)


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_has_help_with_two_examples_and_the_common_options(cli: Cli, name: str) -> None:
    said = cli(name, "-h")
    examples = said.out.partition("Examples:")[2].split("\n")
    assert said.code == 0
    assert len([line for line in examples if line.startswith("    recipe ")]) == 2
    assert "--quiet" in said.out
    assert "--verbose" in said.out


def test_the_version_is_that_of_the_distribution(cli: Cli) -> None:
    assert cli("--version").out.startswith("recipe 0.")


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["fitt", "a.yaml"], "`fit`"),
        (["evalute"], "`evaluate`"),
        (["fit", "a.yaml", "--seds", "3"], "`--seeds`"),
    ],
)
def test_a_misspelled_word_is_a_usage_error_with_the_word_that_was_meant(
    cli: Cli, arguments: list[str], meant: str
) -> None:
    said = cli(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert f"did you mean {meant}?" in said.err.splitlines()[-1]


def test_a_missing_argument_is_a_usage_error(cli: Cli) -> None:
    said = cli("check")
    assert said.code == 2
    assert said.err.startswith("Usage: recipe check")


def broken(error: BaseException) -> object:
    def check(*_arguments: object, **_options: object) -> None:
        raise error

    return check


def test_an_internal_error_is_one_line_and_its_traceback_is_in_a_file(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setattr(api, "check", broken(KeyError("secret")))
    said = cli("check", "xor.yaml")
    (kept,) = folder.glob("recipe-error-*.txt")
    assert said.code == 3
    assert len(said.err.splitlines()) == 1
    assert "Traceback" not in said.err + said.out
    assert str(kept) in said.err
    assert "Traceback (most recent call last)" in kept.read_text()
    assert "KeyError: 'secret'" in kept.read_text()


def test_an_internal_error_shows_its_traceback_to_those_who_ask(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setattr(api, "check", broken(KeyError("secret")))
    assert "Traceback (most recent call last)" in cli("check", "xor.yaml", "-v").err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (
            OSError(errno.ENOSPC, "No space left on device", "runs/a/1"),
            6,
            "`runs/a/1` cannot be written: no space left",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "runs"),
            6,
            "`runs` cannot be written: permission denied",
        ),
        (OSError(errno.EFBIG, "File too large", "a.json"), 6, "`ulimit -f unlimited`"),
        (OSError(errno.EIO, "Input/output error", "a.json"), 6, "the disk may be failing"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "a.json"), 6, "choose a shorter name"),
        (OSError(errno.EMFILE, "Too many open files", "a.json"), 6, "`ulimit -n 4096`"),
        (MemoryError(), 6, "out of memory"),
        (BrokenPipeError(), 141, ""),
    ],
)
def test_what_the_machine_refuses_has_its_own_words_and_exit_code(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    monkeypatch.setattr(api, "check", broken(error))
    said = cli("check", "xor.yaml")
    assert said.code == code
    assert words in said.err
    assert (said.err == "") == (words == "")


@pytest.mark.parametrize("link", ["__cause__", "__context__"])
def test_ctrl_c_is_one_though_a_library_made_an_error_of_it(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, link: str
) -> None:
    error = ImportError("initialization failed")
    setattr(error, link, SystemError())
    setattr(getattr(error, link), link, KeyboardInterrupt())
    monkeypatch.setattr(api, "check", broken(error))
    said = cli("check", "xor.yaml")
    assert (said.code, said.err) == (130, "interrupted\n")


def test_a_reader_that_leaves_early_is_no_error_worth_a_word(folder: Path) -> None:
    command = (
        f"{sys.executable} -m recipe.cli.main check --format json broken.yaml | true; echo ${{PIPESTATUS[0]}}"
    )
    names = "".join(f"  - Dense{index}\n" for index in range(5000))
    (folder / "broken.yaml").write_text(f"recipe: 1\narchitecture:\n{names}")
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "141"
    assert done.stderr.splitlines()[1:] == []  # at most what was not checked


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_process_without_its_streams_does_its_work(folder: Path, closed: str) -> None:
    line = f"{sys.executable} -m recipe.cli.main init xor -o made.yaml {closed}; echo $? > code"
    subprocess.run(["bash", "-c", line], timeout=60, check=True)
    assert (folder / "code").read_text() == "0\n"
    assert (folder / "made.yaml").read_text().startswith("#")


def test_a_command_that_is_asked_to_end_says_a_word(folder: Path) -> None:
    line = [sys.executable, "-m", "recipe.cli.main", "fit", "-"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(line, text=True, **pipes) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "reading - ...\n"  # of which nothing comes
        process.send_signal(signal.SIGTERM)
        assert process.stderr.read().startswith("ended by SIGTERM: ")
        assert process.wait(20) == 143


def test_the_process_ends_with_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["recipe", "no-such-command"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
