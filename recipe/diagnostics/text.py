"""R101 to R113 and R125: texts that cannot be read, are too large, or are no spec from the start."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.suggestions import nearest
from recipe.diagnostics.wording import clipped


class MissingFile(Problem):
    """A spec that is not where it should be."""

    code: ClassVar[str] = "R101"

    file: str
    beside: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return f"there is no file `{clipped(self.file, 200)}`"

    @property
    def help(self) -> str:
        name = self.file.replace("\\", "/").rpartition("/")[2]
        meant = nearest(name, self.beside)
        return f"did you mean `{meant}`?" if meant else ""


class NotAFile(Problem):
    """A directory or device where a spec is wanted."""

    code: ClassVar[str] = "R102"
    why: ClassVar[str] = "only regular files are read: a pipe or a device may never end"

    file: str
    what: str

    @property
    def message(self) -> str:
        return f"a spec must be a file. Received: {self.what} `{clipped(self.file, 200)}`"

    @property
    def help(self) -> str:
        return "" if self.what == "the directory" else "write `-` to read a spec from standard input"


class UnreadableFile(Problem):
    """A file that the system does not let us read."""

    code: ClassVar[str] = "R103"

    file: str
    reason: str

    @property
    def message(self) -> str:
        return f"`{clipped(self.file, 200)}` cannot be read: {self.reason}"


class NotUtf8(Problem):
    """Bytes that are not UTF-8."""

    code: ClassVar[str] = "R104"
    why: ClassVar[str] = "a guessed encoding could change names and paths silently"

    byte: int
    looks_like: str

    @property
    def message(self) -> str:
        return f"a spec must be UTF-8 text. Received: the byte 0x{self.byte:02x}"

    @property
    def help(self) -> str:
        return f"this looks like {self.looks_like}; save the file as UTF-8"


class TooLarge(Problem):
    """A text that is larger than any honest spec."""

    code: ClassVar[str] = "R105"
    why: ClassVar[str] = "checking a spec must stay quick, whoever wrote it"

    num_bytes: int
    most: int

    @property
    def message(self) -> str:
        return f"a spec must be at most {self.most:,} bytes. Received: {self.num_bytes:,} bytes"


class ControlCharacter(Problem):
    """A character that no text should contain, such as NUL."""

    code: ClassVar[str] = "R106"
    bad: ClassVar[str] = "name: a\x00b"
    good: ClassVar[str] = "name: ab"

    code_point: int

    @property
    def message(self) -> str:
        return f"a spec must not contain the character U+{self.code_point:04X}"

    @property
    def help(self) -> str:
        return "remove it, or check whether this is a text file"


class EmptyText(Problem):
    """A text with nothing in it."""

    code: ClassVar[str] = "R107"
    good: ClassVar[str] = "recipe: 1"

    @property
    def message(self) -> str:
        return "the spec is empty"

    @property
    def help(self) -> str:
        return "`recipe init` writes a first one"


class OnlyComments(Problem):
    """A text of comments alone."""

    code: ClassVar[str] = "R108"
    bad: ClassVar[str] = "# recipe: 1"
    good: ClassVar[str] = "recipe: 1"

    @property
    def message(self) -> str:
        return "the spec has only comments"


class TopLevelList(Problem):
    """A list where the sections of a spec belong."""

    code: ClassVar[str] = "R109"
    bad: ClassVar[str] = "- Dense: 10"
    good: ClassVar[str] = "architecture:\n  - Dense: 10"

    @property
    def message(self) -> str:
        return "a spec must be a mapping of sections. Received: a list"

    @property
    def help(self) -> str:
        return "put it below its section, such as `architecture:`"


class TopLevelScalar(Problem):
    """One value where the sections of a spec belong."""

    code: ClassVar[str] = "R110"
    bad: ClassVar[str] = "Dense"
    good: ClassVar[str] = "architecture:\n  - Dense: 10"

    text: str

    @property
    def message(self) -> str:
        return f"a spec must be a mapping of sections. Received: `{clipped(self.text)}`"


class SecondDocument(Problem):
    """A second document in one text."""

    code: ClassVar[str] = "R111"
    bad: ClassVar[str] = "recipe: 1\n---\nrecipe: 1"
    good: ClassVar[str] = "---\nrecipe: 1"

    @property
    def message(self) -> str:
        return "a spec is one document; a second one starts here"

    @property
    def help(self) -> str:
        return "remove it, or write one file for each"


class TooManyNodes(Problem):
    """More values and keys than any honest spec has."""

    code: ClassVar[str] = "R112"
    why: ClassVar[str] = TooLarge.why

    most: int

    @property
    def message(self) -> str:
        return f"a spec must have at most {self.most:,} keys and values; this is the next one"


class TooDeep(Problem):
    """Lists and mappings inside each other, deeper than any honest spec."""

    code: ClassVar[str] = "R113"
    why: ClassVar[str] = TooLarge.why
    bad: ClassVar[str] = "a: " + "[" * 65 + "]" * 65
    good: ClassVar[str] = "a: [[[]]]"

    most: int

    @property
    def message(self) -> str:
        return f"lists and mappings must be at most {self.most} levels deep"


class TooManyProblems(Problem):
    """So many problems in one text that reading on says nothing new."""

    code: ClassVar[str] = "R125"

    most: int

    @property
    def message(self) -> str:
        return f"reading ends here, after {self.most} problems; more may follow"
