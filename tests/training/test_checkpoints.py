"""A checkpoint is whole or absent, whatever kills the writer; a damaged one is found and stepped over."""

import errno
import itertools
import json
import os
import random
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from recipe.diagnostics.problems import Problem, Severity
from recipe.diagnostics.runs import DamagedCheckpoint, NoWholeCheckpoint, OtherFormat
from recipe.program.manifests import MANIFEST, DamagedError, sum_of
from recipe.training.checkpoints import commit, needed_bytes, newest, prune, sweep
from recipe.training.manifests import folder_name, other_format, read, verify
from tests.training import harness

WEIGHTS = "arrays.safetensors"
STATE = "state.json"
ANY_FILE = ""  # a manifest that lies may seem to blame the files beside it


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here nothing hangs on waiting for a real disk; the processes that are killed do wait."""
    monkeypatch.setattr(os, "fsync", os.fstat)


def files_of(step: int) -> dict[str, bytes]:
    """A state of about 1 KB that differs with the step."""
    generator = random.Random(step)
    return {WEIGHTS: generator.randbytes(900), STATE: json.dumps({"step": step}).encode()}


def save(checkpoints: Path, *steps: int) -> list[Path]:
    folders = [checkpoints / folder_name(step) for step in steps]
    for step, folder in zip(steps, folders, strict=True):
        commit(folder, files_of(step))
    return folders


def newest_step(checkpoints: Path) -> tuple[int, list[Problem]]:
    """The step that a resume would go on from, after its content was compared."""
    problems: list[Problem] = []
    found = newest(checkpoints, problems)
    if found is None:
        return 0, problems
    step = int(found.name.removeprefix("step-"))
    assert read(found) == files_of(step)
    return step, problems


def test_a_commit_holds_the_files_and_their_sums(tmp_path: Path) -> None:
    (folder,) = save(tmp_path / "checkpoints", 1234)
    assert folder.name == "step-00001234"
    assert {path.name for path in folder.iterdir()} == {WEIGHTS, STATE, MANIFEST}
    manifest = json.loads((folder / MANIFEST).read_bytes())
    sums = subprocess.run(["sha256sum", WEIGHTS], cwd=folder, capture_output=True, text=True, check=True)
    assert manifest["files"][WEIGHTS] == {"bytes": 900, "sha256": sums.stdout.split()[0]}
    assert (manifest["format"], manifest["step"]) == (1, 1234)
    assert verify(folder) == ""
    assert read(folder) == files_of(1234)


def test_the_manifest_is_written_last_and_every_write_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints = tmp_path / "checkpoints"
    checkpoints.mkdir()
    events: list[str] = []
    real_rename = os.rename

    def fsync(descriptor: int) -> None:
        events.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    def rename(source: Path, target: Path) -> None:
        events.append(f"rename to {Path(target).name}")
        real_rename(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    save(checkpoints, 7)
    temporary, name = ".writing.step-00000007", "step-00000007"
    assert events == [WEIGHTS, STATE, MANIFEST, temporary, f"rename to {name}", "checkpoints"]


def test_a_live_name_is_never_written_over(tmp_path: Path) -> None:
    (folder,) = save(tmp_path, 5)
    with pytest.raises(FileExistsError):
        commit(folder, files_of(6))
    link = tmp_path / folder_name(6)
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        commit(link, files_of(6))
    assert read(folder) == files_of(5)


@pytest.mark.parametrize(
    "name", ["best", "step-5", "step-000000005", "step-" + "\u0661" * 8, "step-00000005.corrupt"]
)
def test_only_names_of_our_making_are_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="step-00000000"):
        commit(tmp_path / name, files_of(5))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../escape", "a/b", MANIFEST, "", ".."])
def test_only_plain_file_names_are_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="plain file names"):
        commit(tmp_path / folder_name(5), {name: b""})


def test_steps_beyond_eight_digits_are_newer(tmp_path: Path) -> None:
    save(tmp_path, 99_999_999, 100_000_000)
    assert newest_step(tmp_path) == (100_000_000, [])


def test_a_missing_folder_has_no_checkpoint_and_no_problem(tmp_path: Path) -> None:
    assert newest_step(tmp_path / "checkpoints") == (0, [])


SAVER = """
from recipe.training.checkpoints import commit, prune
from recipe.training.manifests import folder_name
import json, random
for step in (10, 20, 30):
    state = json.dumps({"step": step}).encode()
    files = {"arrays.safetensors": random.Random(step).randbytes(900), "state.json": state}
    commit(folder / folder_name(step), files)
    print(step, flush=True)
    prune(folder, 2)
"""
CALLS = (
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
    "unlink",
    "unlinkat",
    "rmdir",
)


def assert_resumable(checkpoints: Path, acknowledged: int) -> None:
    """Nothing that was told to be saved is lost, nothing half is seen, and the run goes on."""
    step, problems = newest_step(checkpoints)
    assert problems == []
    assert step >= acknowledged
    save(checkpoints, 40)
    prune(checkpoints, 2)
    assert newest_step(checkpoints) == (40, [])
    assert all(path.name.startswith("step-") for path in checkpoints.iterdir())
    if acknowledged:
        assert len(list(checkpoints.iterdir())) == 2


def test_a_kill_at_every_system_call_of_a_commit_leaves_a_whole_checkpoint(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (apt-get install strace)")
    log = tmp_path / "log"
    tracing = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={','.join('?' + call for call in CALLS)}"]
    traced = harness.finish([*tracing, *harness.command(SAVER, tmp_path / "whole")])
    if "ptrace" in traced.stderr.lower():
        pytest.skip("this machine does not let strace trace")
    assert traced.stdout.split() == ["10", "20", "30"]
    called = [line.split()[1].partition("(")[0] for line in log.read_text().splitlines() if "(" in line]
    points = [(call, turn) for call in CALLS for turn in range(1, called.count(call) + 1)]
    assert sum(call == "fsync" for call, _ in points) >= 3 * 5
    assert sum(call.startswith("rename") for call, _ in points) >= 4

    def kill_at(point: tuple[str, int]) -> None:
        call, turn = point
        checkpoints = tmp_path / f"{call}-{turn}"
        injecting = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={turn}"]
        line = ["strace", "-f", "-qq", "-o", "/dev/null", *injecting, *harness.command(SAVER, checkpoints)]
        killed = harness.finish(line)
        assert killed.returncode in {137, -9}
        checkpoints.mkdir(exist_ok=True)
        assert_resumable(checkpoints, max(map(int, killed.stdout.split()), default=0))

    with ThreadPoolExecutor(2) as pool:
        assert len(list(pool.map(kill_at, points))) == len(points) > 20


class Injector:
    """Lets one call of `os.fsync`, `os.rename`, `os.replace` or `os.mkdir` fail, the one with a number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, error: int):
        self.calls = 0
        self.number = number
        self.error = error
        for name in ("fsync", "rename", "replace", "mkdir"):
            monkeypatch.setattr(os, name, self._failing(getattr(os, name)))

    def _failing(self, real: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: object, **options: object) -> None:
            self.calls += 1
            if self.calls == self.number:
                raise OSError(self.error, os.strerror(self.error))
            real(*arguments, **options)

        return call


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS], ids=errno.errorcode.get)
def test_a_refusal_at_any_call_leaves_a_whole_checkpoint(tmp_path: Path, error: int) -> None:
    refused = 0
    for number in itertools.count(1):
        checkpoints = tmp_path / str(number)
        acknowledged, raised = 0, []
        with pytest.MonkeyPatch.context() as monkeypatch:
            injector = Injector(monkeypatch, number, error)
            for step in (10, 20, 30):
                try:
                    save(checkpoints, step)
                    acknowledged = step
                    prune(checkpoints, 2)
                except OSError as refusal:
                    raised.append(refusal.errno)
                assert newest_step(checkpoints)[0] >= acknowledged
        assert raised in ([], [error])
        refused += len(raised)
        if injector.calls < number:
            break
        assert_resumable(checkpoints, acknowledged)
    assert number > 3 * 7
    assert refused >= 3 * 6  # sweeping alone may fail without a word


def test_a_partial_file_of_a_full_disk_is_not_seen(tmp_path: Path) -> None:
    script = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from recipe.training.checkpoints import commit
commit(folder / "step-00000001", {"arrays": b"1" * 1000})
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    commit(folder / "step-00000002", {"arrays": b"2" * 100_000})
except OSError as error:
    print(error.errno, sorted(path.name for path in folder.iterdir()))
"""
    done = harness.finish(harness.command(script, tmp_path))
    assert done.stdout == f"{errno.EFBIG} ['step-00000001']\n", done.stderr


def test_what_a_killed_writer_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    left = [".writing.step-00000003", ".removing.step-00000003", ".removing.step-00000001"]
    foreign = [".writing.model.keras", ".writing.step-3", "step-00000001.tmp", "notes"]
    for name in (*left, *foreign):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(b"half")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".writing.step-00000009").symlink_to(tmp_path / "elsewhere")
    sweep(tmp_path)
    kept = {*foreign, "elsewhere", ".writing.step-00000009"}
    assert {path.name for path in tmp_path.iterdir()} == kept


def test_a_second_writer_against_the_rules_leaves_no_half_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_rename = os.rename

    def rename(source: Path, target: Path) -> None:
        if Path(target) == tmp_path / folder_name(2):
            monkeypatch.setattr(os, "rename", real_rename)
            sweep(tmp_path)
        real_rename(source, target)

    save(tmp_path, 1)
    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(FileNotFoundError):
        save(tmp_path, 2)
    assert newest_step(tmp_path) == (1, [])
    assert [path.name for path in tmp_path.iterdir()] == [folder_name(1)]


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """A folder with the checkpoints 10 and 20, and the second of them."""
    checkpoints = tmp_path / "checkpoints"
    return checkpoints, save(checkpoints, 10, 20)[1]


def assert_stepped_over(checkpoints: Path, damaged: Path, name: str) -> None:
    """Step 10 is used, the damaged one is named with its file, set aside, and then put back for the next."""
    content = {path.name: path.lstat().st_ino for path in damaged.iterdir()} if damaged.is_dir() else {}
    step, problems = newest_step(checkpoints)
    assert step == 10
    (problem,) = problems
    assert isinstance(problem, DamagedCheckpoint)
    assert problem.severity is Severity.WARNING
    assert str(damaged) in problem.message
    assert (f"`{name}`" if name else "`") in problem.reason
    assert problem.message.endswith("`step-00000010` is used instead")
    aside = checkpoints / "step-00000020.corrupt"
    assert not damaged.exists()
    assert "`step-00000020.corrupt`" in problem.help
    assert {path.name: path.lstat().st_ino for path in aside.iterdir()} == content
    aside.rename(damaged)


def test_a_hundred_flipped_bits_are_each_found(two: tuple[Path, Path]) -> None:
    checkpoints, damaged = two
    sizes = {path.name: path.stat().st_size for path in damaged.iterdir()}
    places = [(name, place) for name, size in sizes.items() for place in range(8 * size)]
    chosen = random.Random(0).sample(places, 100)
    assert {name for name, _ in chosen} >= {WEIGHTS, MANIFEST}
    for name, place in chosen:
        file = damaged / name
        whole = file.read_bytes()
        in_place(file, flipped(whole, place))
        assert_stepped_over(checkpoints, damaged, ANY_FILE if name == MANIFEST else name)
        in_place(file, whole)
        assert verify(damaged) == ""


def in_place(file: Path, content: bytes) -> None:
    """Without cutting the file first, which makes some file systems wait for the disk."""
    with file.open("r+b") as opened:
        opened.write(content)


def flipped(content: bytes, place: int) -> bytes:
    changed = bytearray(content)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def test_every_single_bit_of_a_manifest_counts(two: tuple[Path, Path]) -> None:
    _, damaged = two
    file = damaged / MANIFEST
    whole = file.read_bytes()
    for place in range(8 * len(whole)):
        in_place(file, flipped(whole, place))
        assert verify(damaged) != "", place
        assert other_format(damaged) is None, place
    in_place(file, whole)
    assert verify(damaged) == ""


@pytest.mark.parametrize("name", [WEIGHTS, STATE, MANIFEST])
def test_every_truncation_is_found(two: tuple[Path, Path], name: str) -> None:
    checkpoints, damaged = two
    whole = (damaged / name).read_bytes()
    size = len(whole)
    for length in (0, 1, size // 4, size // 2, size * 99 // 100, size - 1):
        (damaged / name).write_bytes(whole[:length])
        assert_stepped_over(checkpoints, damaged, name)
        (damaged / name).write_bytes(whole)


@pytest.mark.parametrize("name", [WEIGHTS, STATE, MANIFEST])
def test_a_longer_and_a_missing_file_are_found(two: tuple[Path, Path], name: str) -> None:
    checkpoints, damaged = two
    with (damaged / name).open("ab") as file:
        file.write(b"\n")
    assert_stepped_over(checkpoints, damaged, name)
    (damaged / name).unlink()
    assert_stepped_over(checkpoints, damaged, name)


def test_swapped_weights_of_two_steps_are_found_in_both(two: tuple[Path, Path]) -> None:
    checkpoints, second = two
    (third,) = save(checkpoints, 30)
    (second / WEIGHTS).rename(second / "aside")
    (third / WEIGHTS).rename(second / WEIGHTS)
    (second / "aside").rename(third / WEIGHTS)
    step, problems = newest_step(checkpoints)
    assert step == 10
    told = [problem.path for problem in problems if isinstance(problem, DamagedCheckpoint)]
    assert told == [str(third), str(second)]
    assert all("sha256 differs" in problem.message for problem in problems)


def test_a_checkpoint_under_the_name_of_another_step_is_found(two: tuple[Path, Path]) -> None:
    checkpoints, damaged = two
    shutil.rmtree(damaged)
    shutil.copytree(checkpoints / folder_name(10), damaged)
    assert_stepped_over(checkpoints, damaged, MANIFEST)


def test_one_of_another_version_is_told_and_none_is_renamed(two: tuple[Path, Path]) -> None:
    checkpoints, second = two
    path = second / MANIFEST
    content = json.loads(path.read_text()) | {"format": 2, "new": []}
    path.write_text(json.dumps(content | {"sha256": sum_of(content)}))
    step, problems = newest_step(checkpoints)
    assert (step, problems) == (0, [OtherFormat(None, str(second), 2, 1)])
    assert second.exists()


def lies() -> Iterator[tuple[str, Callable[[dict[str, object]], object]]]:
    entry = {"bytes": 0, "sha256": "0" * 64}
    yield "no format", lambda manifest: {**manifest, "format": None}
    yield "another step", lambda manifest: {**manifest, "step": 10}
    yield "one more key", lambda manifest: {**manifest, "extra": 1}
    yield "no files", lambda manifest: {**manifest, "files": 3}
    yield "no step", lambda manifest: {key: manifest[key] for key in ("format", "files")}
    yield "files outside", lambda manifest: {**manifest, "files": {"../../../etc/passwd": entry}}
    yield "the root", lambda manifest: {**manifest, "files": {"/": entry}}
    yield "itself", lambda manifest: {**manifest, "files": {MANIFEST: entry}}
    yield "a zero byte", lambda manifest: {**manifest, "files": {"a\0b": entry}}
    yield "an empty name", lambda manifest: {**manifest, "files": {"": entry}}
    yield (
        "a size that is no number",
        lambda manifest: {**manifest, "files": {WEIGHTS: {**entry, "bytes": []}}},
    )
    yield "a list", lambda manifest: [manifest]
    yield "nothing", lambda manifest: None


@pytest.mark.parametrize("lie", [lie for _, lie in lies()], ids=[name for name, _ in lies()])
def test_a_lying_manifest_is_found(
    two: tuple[Path, Path], lie: Callable[[dict[str, object]], object]
) -> None:
    checkpoints, damaged = two
    manifest = json.loads((damaged / MANIFEST).read_bytes())
    told = lie(manifest)
    if isinstance(told, dict):
        told["sha256"] = sum_of(told)
    (damaged / MANIFEST).write_text(json.dumps(told, indent=1), encoding="utf-8")
    assert_stepped_over(checkpoints, damaged, ANY_FILE)


@pytest.mark.parametrize("content", [b"[" * 100_000, b"\xff\xfe", b"\0" * 300, b'{"files"', b" " * (1 << 21)])
def test_a_manifest_that_is_no_json_is_found(two: tuple[Path, Path], content: bytes) -> None:
    checkpoints, damaged = two
    (damaged / MANIFEST).write_bytes(content)
    assert_stepped_over(checkpoints, damaged, MANIFEST)


@pytest.mark.parametrize("name", [WEIGHTS, MANIFEST])
@pytest.mark.parametrize("kind", ["link", "dangling link", "device", "pipe", "folder"])
def test_what_is_no_plain_file_is_never_opened(two: tuple[Path, Path], name: str, kind: str) -> None:
    checkpoints, damaged = two
    file = damaged / name
    shutil.copy(file, checkpoints.parent / "copy")
    file.unlink()
    make: Mapping[str, Callable[[], None]] = {
        "link": lambda: file.symlink_to(checkpoints.parent / "copy"),
        "dangling link": lambda: file.symlink_to("nowhere"),
        "device": lambda: file.symlink_to("/dev/zero"),
        "pipe": lambda: os.mkfifo(file),
        "folder": file.mkdir,
    }
    make[kind]()
    assert_stepped_over(checkpoints, damaged, name)


def test_a_second_damaged_checkpoint_of_a_step_gets_a_name_of_its_own(two: tuple[Path, Path]) -> None:
    checkpoints, damaged = two
    (damaged / WEIGHTS).unlink()
    assert newest_step(checkpoints)[0] == 10
    save(checkpoints, 20)
    (damaged / STATE).unlink()
    step, (problem,) = newest_step(checkpoints)
    assert step == 10
    assert "`step-00000020.corrupt-2`" in problem.help
    assert len(list(checkpoints.glob("*.corrupt*"))) == 2


def test_a_checkpoint_that_cannot_be_renamed_is_stepped_over_all_the_same(
    two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints, damaged = two
    (damaged / WEIGHTS).unlink()
    Injector(monkeypatch, 1, errno.EROFS)
    step, (problem,) = newest_step(checkpoints)
    assert step == 10
    assert problem.help.startswith("it could not be renamed")


def test_when_all_are_damaged_nothing_is_touched_and_no_run_begins_anew(two: tuple[Path, Path]) -> None:
    checkpoints, _ = two
    for folder in checkpoints.iterdir():
        (folder / WEIGHTS).write_bytes(b"")
    before = sorted(checkpoints.rglob("*"))
    for _ in range(2):
        step, (problem,) = newest_step(checkpoints)
        assert step == 0
        assert isinstance(problem, NoWholeCheckpoint)
        assert problem.severity is Severity.ERROR
        for name in ("step-00000010", "step-00000020"):
            assert f"`{name}`: `{WEIGHTS}` has 0 bytes, expected 900" in problem.message
        assert "--fresh" in problem.help
    assert sorted(checkpoints.rglob("*")) == before


def test_only_damaged_ones_from_before_are_no_fresh_start_either(two: tuple[Path, Path]) -> None:
    checkpoints, damaged = two
    (damaged / WEIGHTS).unlink()
    newest_step(checkpoints)
    shutil.rmtree(checkpoints / folder_name(10))
    step, (problem,) = newest_step(checkpoints)
    assert step == 0
    assert isinstance(problem, NoWholeCheckpoint)
    assert "step-00000020.corrupt" in problem.message


def test_reading_compares_once_more(two: tuple[Path, Path]) -> None:
    _, damaged = two
    (damaged / WEIGHTS).write_bytes(b"x" * 900)
    with pytest.raises(DamagedError, match="sha256 differs"):
        read(damaged)


def test_the_order_is_by_step_and_never_by_clock(tmp_path: Path) -> None:
    folders = save(tmp_path, 9, 10, 100)
    for times in itertools.permutations((0, 1_000_000_000, 2**32)):  # 1970, 2001, 2106
        for folder, seconds in zip(folders, times, strict=True):
            os.utime(folder, (seconds, seconds))
            os.utime(folder / MANIFEST, (seconds, seconds))
        assert newest_step(tmp_path) == (100, [])
    os.utime(folders[0], (2**32, 2**32))
    prune(tmp_path, 2)
    assert [folder.exists() for folder in folders] == [False, True, True]


def test_foreign_files_are_left_alone(two: tuple[Path, Path]) -> None:
    checkpoints, _ = two
    foreign = ["notes.txt", "step-latest", "step-99", ".DS_Store", "STEP-00000099", "step-00000099 (copy)"]
    for name in foreign:
        (checkpoints / name).write_text("mine")
    assert newest_step(checkpoints) == (20, [])
    save(checkpoints, 30, 40)
    prune(checkpoints, 2)
    assert sorted(path.name for path in checkpoints.iterdir() if path.is_file()) == sorted(foreign)
    assert sorted(path.name for path in checkpoints.iterdir() if path.is_dir()) == [
        "step-00000030",
        "step-00000040",
    ]


PLACES = [
    "plain",
    "with space",
    "a#b%20c?d&e",
    "new\nline",
    unicodedata.normalize("NFC", "Übung/größe"),
    unicodedata.normalize("NFD", "Übung/größe"),
    "日本語 🙂",
    "-rf",
    "~",
    "$HOME`x`",
    "[a-z]*",
    "x" * 200,
    "/".join(["deep" * 10] * 20),
]


@pytest.mark.parametrize("place", PLACES, ids=ascii)
def test_any_path_works(tmp_path: Path, place: str) -> None:
    checkpoints = tmp_path / place / "checkpoints"
    checkpoints.parent.mkdir(parents=True)
    save(checkpoints, 10, 20, 30)
    prune(checkpoints, 2)
    (checkpoints / folder_name(30) / WEIGHTS).write_bytes(b"")
    step, (problem,) = newest_step(checkpoints)
    assert step == 20
    assert str(checkpoints) in problem.message


def test_a_run_folder_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save(tmp_path / "gone" / "checkpoints", 10)
    assert not (tmp_path / "gone").exists()


def test_relative_and_linked_paths_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "run").symlink_to("disk", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    save(Path("run/checkpoints/"), 10, 20, 30)
    prune(Path("./run/../run/checkpoints"), 2)
    assert newest_step(Path("disk/checkpoints")) == (30, [])
    assert not (tmp_path / "disk/checkpoints/step-00000010").exists()


def test_a_checkpoint_that_is_a_link_is_used_but_never_deleted(tmp_path: Path) -> None:
    checkpoints = tmp_path / "checkpoints"
    (moved,) = save(tmp_path / "big disk", 10)
    checkpoints.mkdir()
    (checkpoints / moved.name).symlink_to(moved)
    assert newest_step(checkpoints) == (10, [])
    save(checkpoints, 20, 30)
    prune(checkpoints, 2)
    assert read(checkpoints / moved.name) == files_of(10)


def test_a_link_to_the_root_is_set_aside_and_the_root_untouched(two: tuple[Path, Path]) -> None:
    checkpoints, _ = two
    (checkpoints / folder_name(99)).symlink_to("/")
    step, (problem,) = newest_step(checkpoints)
    assert step == 20
    assert (checkpoints / "step-00000099.corrupt").readlink() == Path("/")
    assert f"`{MANIFEST}` is missing" in problem.message


def test_at_least_two_are_kept(tmp_path: Path) -> None:
    save(tmp_path, 1, 2, 3)
    prune(tmp_path, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder_name(2), folder_name(3)]


def test_nothing_is_deleted_while_the_newest_is_damaged(tmp_path: Path) -> None:
    folders = save(tmp_path, 1, 2, 3, 4)
    (folders[-1] / WEIGHTS).write_bytes(b"")
    prune(tmp_path, 2)
    assert all(folder.exists() for folder in folders)


def test_what_we_did_not_make_is_not_pruned(tmp_path: Path) -> None:
    folders = save(tmp_path, 1, 2, 3, 4, 5)
    (folders[0] / "notes.txt").write_text("the good one")
    (folders[1] / MANIFEST).unlink()
    prune(tmp_path, 2)
    assert [folder.exists() for folder in folders] == [True, True, False, True, True]


def test_a_kill_while_pruning_leaves_no_damaged_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, 1, 2, 3)

    def killed(path: Path) -> None:
        (path / WEIGHTS).unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            prune(tmp_path, 2)
    assert not (tmp_path / folder_name(1)).exists()
    save(tmp_path, 4)
    assert all(not path.name.startswith(".") for path in tmp_path.iterdir())


def test_space_is_needed_for_one_more_than_are_kept(tmp_path: Path) -> None:
    assert needed_bytes(tmp_path / "checkpoints", 1000, 3) == 4000
    one = sum(map(len, files_of(1).values()))
    save(tmp_path, 1, 2, 3)
    assert needed_bytes(tmp_path, one, 3) == one
    assert needed_bytes(tmp_path, one, 2) == one
    assert needed_bytes(tmp_path, one, 4) == 2 * one


@pytest.mark.slow
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("call", ["fsync", "rename", "mkdir"])
def test_a_refusal_by_the_system_at_any_call_leaves_a_whole_checkpoint(
    tmp_path: Path, call: str, error: str
) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (apt-get install strace)")
    for turn in itertools.count(1):
        checkpoints = tmp_path / str(turn)
        injecting = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={turn}"]
        line = ["strace", "-f", "-qq", "-o", "/dev/null", *injecting, *harness.command(SAVER, checkpoints)]
        done = harness.finish(line)
        if done.returncode == 0:  # there was no such call any more
            break
        assert f"[Errno {getattr(errno, error)}]" in done.stderr
        checkpoints.mkdir(exist_ok=True)
        assert_resumable(checkpoints, max(map(int, done.stdout.split()), default=0))
    assert turn > 3
