"""Where the command `recipe` begins: Ctrl-C is a word from the first moment, before anything else is read."""

import sys
from typing import NoReturn

_INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line of the process."""
    try:
        from recipe.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(_INTERRUPTED)
