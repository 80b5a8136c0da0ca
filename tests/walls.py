"""Runs `recipe.check` over specs with every door of the process watched, and says what came through.

A script for a process of its own, `python -B -m tests.walls FOLDER`, with a list of cases as JSON on standard
input: `{"path": "spec.yaml"}` or `{"text": "...", "overrides": ["path=value"]}`. It runs in FOLDER with
200 MB of memory, and writes a line of JSON a case: codes, seconds of the processor at the speed of
`tests.speeds`, and the doors it tried.
"""

import json
import os
import resource
import subprocess
import sys
import sysconfig
import time
import traceback
from pathlib import Path

from tests.speeds import slowness

MAX_MEMORY = 200 * 10**6  # bytes
MAX_SECONDS = 60  # for all cases; each is timed on its own
SOON = 0.2  # seconds; what takes no longer needs no look at how fast the machine is
CHECKOUT = Path(__file__).resolve().parents[1]

# What Python does by itself when it computes and imports; every other audited event is a door.
HARMLESS = frozenset(
    """
    builtins.id code.__new__ compile marshal.loads object.__delattr__ object.__getattr__ object.__setattr__
    sys._getframe
    """.split()
)
PARTS_OF_YAML = ("_", "cython")  # its scanner in C, which is there and not used
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Doors:
    """Notes what a process does beside computing.

    Args:
        readable: folders from which files may be read.
        modules: top-level names of what may be imported.
    """

    def __init__(self, readable, modules):
        self.readable = tuple(f"{Path(folder).resolve()}{os.sep}" for folder in readable)
        self.modules = modules
        self.tried = []
        self.watched = True

    def __call__(self, event, arguments):
        if not self.watched:
            return
        self.watched = False  # what looking at an event does is no event
        try:
            if not self.is_harmless(event, arguments):
                self.tried.append(f"{event} {' '.join(map(repr, arguments))}"[:300])
        finally:
            self.watched = True

    def is_harmless(self, event, arguments):
        if event == "open":
            path, _mode, flags = arguments
            return not flags & WRITES and self.is_readable(path)
        if event in {"os.listdir", "os.scandir", "glob.glob", "pathlib.Path.glob"}:
            return self.is_readable(arguments[0])
        if event == "import":
            return arguments[0].partition(".")[0] in self.modules
        if event == "exec":
            file = arguments[0].co_filename
            return Path(file).is_absolute() and self.is_readable(file)
        return event in HARMLESS

    def is_readable(self, path):
        found = os.path.realpath(os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else ""
        return f"{found}{os.sep}".startswith(self.readable)


def limit():
    """Little memory and time, and no file that grows."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def behind_walls(cases, folder, *, under=()):
    """What each case came to, in a process of its own.

    Args:
        cases: see the top of this module.
        folder: where the process runs; files below it may be read.
        under: a program and its arguments that runs the process.
    """
    command = [*under, sys.executable, "-B", "-m", "tests.walls", str(folder)]
    ended = subprocess.run(
        command,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        timeout=120,
        check=False,
    )
    *answers, last = [json.loads(line) for line in ended.stdout.splitlines()] or [None]
    assert ended.returncode == 0, f"case {len(answers)} ended the process: {ended.stderr[-2000:]}"
    assert {name for name in last["loaded"] if not name.startswith(PARTS_OF_YAML)} == {"recipe", "yaml"}
    return answers


def run(case, doors, before):
    from recipe.api import check
    from recipe.diagnostics.rendering import render_text

    doors.tried.clear()
    start = time.process_time()
    try:
        if "path" in case:
            checked = check(case["path"], case.get("overrides", ()))
        else:
            checked = check("spec.yaml", case.get("overrides", ()), text=case["text"])
        words = render_text(checked.problems, checked.texts, colour=False, width=80)
    except BaseException:
        return {"crash": traceback.format_exc(), "seconds": time.process_time() - start, "doors": doors.tried}
    seconds = time.process_time() - start
    return {
        "codes": [problem.code for problem in checked.problems],
        "messages": [problem.message for problem in checked.problems],
        "words": words[:20_000],
        "seconds": seconds if seconds < SOON else seconds / max(before, slowness()),
        "doors": doors.tried[:],
    }


def main():
    before = set(sys.modules)
    cases = json.loads(sys.stdin.read())
    folder = Path(sys.argv[1]).resolve()
    os.chdir(folder)
    import yaml

    python = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    readable = [folder, CHECKOUT / "recipe", CHECKOUT / "specs", Path(yaml.__file__).parent, *python]
    doors = Doors(readable, sys.stdlib_module_names | {"recipe", "yaml"})

    start = slowness()
    limit()
    sys.addaudithook(doors)
    for case in cases:
        answer = run(case, doors, start)
        doors.watched = False
        print(json.dumps(answer), flush=True)
        doors.watched = True
    doors.watched = False
    loaded = {name.partition(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names
    print(json.dumps({"loaded": sorted(loaded)}))


if __name__ == "__main__":
    main()
