"""The program hash: equal when the same thing would be trained."""

import hashlib
import json

from recipe.program.identity import identity
from recipe.program.programs import Program


def program_hash(program: Program) -> str:
    """sha256 over the settled values of all identity rows, as 64 hexadecimal digits."""
    contents = {path: value.content for path, value in identity(program).items()}
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
