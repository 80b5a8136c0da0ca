"""The first moment of the command `recipe`."""

import subprocess
import sys

INTERRUPTED_WHILE_CLICK_IS_READ = """
import sys

class Interrupt:
    def find_spec(self, name, *others):
        if name == "click":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupt())
from recipe.cli.entry import main
main()
"""


def test_an_interrupt_while_modules_are_read_is_a_word():
    line = [sys.executable, "-c", INTERRUPTED_WHILE_CLICK_IS_READ]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, "interrupted\n")


def test_the_package_alone_reads_nothing_yet():
    line = [
        sys.executable,
        "-c",
        "import sys, recipe.cli.entry; print('recipe.api' in sys.modules, recipe.api)",
    ]
    ended = subprocess.run(line, capture_output=True, text=True, check=True)
    assert ended.stdout.startswith("False <module 'recipe.api'")
