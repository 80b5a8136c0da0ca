"""Small files and a `data:` section for each problem that only data can have."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class DataCase:
    """A spec's sections, and the files that lie beside it."""

    sections: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def npz(**arrays: np.ndarray) -> bytes:
    """The bytes of an archive of arrays."""
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=True, **arrays)
    return stream.getvalue()


def csv(text: str, section: str = "target: kind", path: str = "flowers.csv") -> DataCase:
    """One table, learned with `section`."""
    sections = f"data: {{source: {{csv: {{path: {path}}}}}, {section}}}"
    return DataCase(sections, {path.partition(",")[0]: text.encode()})


def parts(train: str, validation: str, section: str = "target: kind") -> DataCase:
    """A table to train on, and one to validate with."""
    sources = "train: {csv: {path: train.csv}}, validation: {csv: {path: validation.csv}}"
    files = {"train.csv": train.encode(), "validation.csv": validation.encode()}
    return DataCase(f"data: {{{sources}, {section}}}", files)


def arrays(section: str = "features: x, target: y", **held: np.ndarray) -> DataCase:
    """An archive of arrays."""
    return DataCase(
        f"data: {{source: {{npz: {{path: digits.npz, {section}}}}}}}", {"digits.npz": npz(**held)}
    )


def image(height: int = 8, width: int = 8, mode: str = "RGB") -> bytes:
    """The bytes of a gray PNG file."""
    return png(Image.new(mode, (width, height), 128 if mode == "L" else (128, 128, 128)))


def png(picture: Image.Image) -> bytes:
    """The bytes of a PNG file."""
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def masked(*values: int, words: str) -> DataCase:
    """Four images, and masks of two values each."""
    files = {f"photos/{number}.png": image() for number in range(4)}
    for number in range(4):
        pixels = np.full((8, 8), values[0], np.uint8)
        pixels[2:6, 2:6] = values[1 + number % (len(values) - 1)]
        files[f"masks/{number}.png"] = png(Image.fromarray(pixels))
    kind = f"{{mask: {{ignore: null{words}}}}}" if words else "mask"
    sections = f"data: {{source: {{images: {{path: photos, masks: masks}}}}, target: {{mask: {kind}}}}}"
    return DataCase(sections, files)


def photos(words: str = "", **files: bytes) -> DataCase:
    """Two folders of images and further files; `__` in a name is a `/`, and the last `_` a dot."""
    found = {f"photos/{kind}/{number}.png": image() for kind in ("cat", "dog") for number in range(3)}
    found |= {".".join(name.replace("__", "/").rsplit("_", 1)): content for name, content in files.items()}
    return DataCase(f"data: {{source: {{images: {{path: photos{words}}}}}}}", found)


def rows(count: int, line: str, header: str = "height,width,kind") -> str:
    """A table of `count` lines; `{i}` is the number of a line, `{odd}` its remainder by two."""
    return "\n".join((header, *(line.format(i=i, odd=i % 2, f=i * 1.37 % 1) for i in range(count)))) + "\n"


PLAY = b"to be or not to be, that is the question; " * 6


def corpus(section: str, play: bytes = PLAY) -> DataCase:
    """A text whose next character is learned."""
    return DataCase(
        f"data: {{source: {{corpus: {{path: plays.txt, context: 16}}}}, {section}}}", {"plays.txt": play}
    )


def series(text: str) -> DataCase:
    """A table over time, two hours of which are said from the eight before."""
    source = "{series: {path: loads.csv, time: hour, window: 8, horizon: 2}}"
    return DataCase(f"data: {{source: {source}}}", {"loads.csv": text.encode()})


FLOWERS = rows(20, "{f:.3f},{odd},k{odd}")
X, Y = np.arange(40.0).reshape(10, 4), np.arange(10) % 2

WEIGHTED = rows(20, "{f:.3f},{odd},k{odd},{i}", "height,width,kind,weight")

CASES: Mapping[str, DataCase] = {
    "R360": csv(WEIGHTED.replace(",7\n", ",-7\n"), "target: kind, weight: weight"),
    "R361": parts(
        WEIGHTED,
        rows(4, "{f:.3f},{odd},k{odd},0", "height,width,kind,weight"),
        "target: kind, weight: weight",
    ),
    "R501": DataCase(
        "data: {source: {csv: {path: penguin.csv}}, target: species}", {"penguins.csv": b"a,b\n1,2\n"}
    ),
    "R503": DataCase(
        "data: {source: {npz: {path: digits.npz, features: x, target: y}}}",
        {"digits.npz": npz(x=X, y=Y)[:300]},
    ),
    "R504": DataCase("data: {source: {csv: {path: digits.csv}}, target: y}", {"digits.csv": npz(x=X, y=Y)}),
    "R505": DataCase(
        "data: {source: {csv: {path: flowers.csv}}, target: kind}",
        {"flowers.csv": FLOWERS.replace("k0", "k\xe4").encode("latin-1")},
    ),
    "R506": DataCase(
        "data: {source: {csv: {path: flowers.csv, encoding: utf-9}}, target: kind}",
        {"flowers.csv": FLOWERS.encode()},
    ),
    "R507": csv("height,width,kind\n"),
    "R508": csv("height,width,kind\n1,2,iris\n"),
    "R509": csv(FLOWERS + "1,2,3,iris\n"),
    "R510": csv(FLOWERS + '"0.5,0,k1\n'),
    "R511": csv(FLOWERS.replace("height,width", "height,height")),
    "R512": DataCase(
        'data: {source: {csv: {path: "*.csv"}}, target: kind}',
        {"a.csv": FLOWERS.encode(), "b.csv": FLOWERS.replace("width", "weight").encode()},
    ),
    "R513": arrays("features: x_trian, target: y_train", x_train=X, y_train=Y),
    "R514": arrays(x=np.array([{"a": 1}] * 4), y=Y),
    "R515": arrays(x=X.astype(complex), y=Y),
    "R516": arrays(x=X, y=Y[:-1]),
    "R520": DataCase("data: {source: {bundled: penguins}, missing: drop, ignore: [yaer]}"),
    "R521": DataCase("data: {source: {csv: {path: flowers.csv}}}", {"flowers.csv": FLOWERS.encode()}),
    "R522": csv(FLOWERS, "target: kind, ignore: [height, width]"),
    "R523": DataCase("data: {source: {bundled: penguins}, target: species, ignore: [species]}"),
    "R524": csv(rows(60, "{f:.3f},flower number {i},k{odd}")),
    "R525": csv(rows(30, "{i},{f:.3f},k{odd}")),
    "R526": csv(
        FLOWERS.replace(",0,", ',"0,5",', 1), "target: kind, features: {height: number, width: number}"
    ),
    "R527": csv(
        rows(30, "{f:.3f},w{i},k{odd}").replace("w2", "w1"),
        "target: kind, features: {height: number, width: flag}",
    ),
    "R528": DataCase("data: {source: {bundled: penguins}, features: {island: image}, missing: drop}"),
    "R529": csv(rows(20, "{f:.3f},,k{odd}")),
    "R530": csv(FLOWERS.replace(",0,", ",,", 2)),
    "R531": csv(FLOWERS.replace("k0", "", 2)),
    "R532": csv(FLOWERS.replace(",0,", ",,", 2), "target: kind, missing: drop"),
    "R533": parts(FLOWERS, rows(4, "{f:.3f},,k{odd}"), "target: kind, missing: drop"),
    "R534": csv(rows(20, "{f:.3f},{odd},rose"), "target: {kind: category}"),
    "R535": parts(FLOWERS, rows(4, "{f:.3f},{odd},k{i}")),
    "R536": parts(rows(20, "{f:.3f},w{odd},k{odd}"), rows(4, "{f:.3f},w{i},k{odd}")),
    "R537": arrays(x=np.where(X == 6, np.nan, X), y=Y),
    "R538": arrays("features: [x, ages], target: y", x=X, ages=X[:, 0], y=Y),
    "R539": DataCase(
        "data:\n"
        "  train: {npz: {path: train.npz, features: x, target: y}}\n"
        "  test: {npz: {path: test.npz, features: x, target: y}}",
        {"train.npz": npz(x=X, y=Y), "test.npz": npz(x=X[:, :3], y=Y)},
    ),
    "R544": DataCase(
        "data:\n"
        "  train: {npz: {path: train.npz, features: x, target: y}}\n"
        "  test: {npz: {path: test.npz, features: x, target: y}}\n"
        "  features: {x: category}",
        {"train.npz": npz(x=X.astype(int), y=Y), "test.npz": npz(x=X.astype(int) + 2, y=Y)},
    ),
    "R545": arrays(x=X, y=np.eye(2)[Y]),
    "R543": csv(
        rows(12000, "{f:.3f},w{i},k{odd}"), "target: kind, features: {height: number, width: category}"
    ),
    "R550": DataCase("data: {source: {bundled: digits}, split: {validation: 50%, test: 50%}}"),
    "R551": DataCase("data: {source: {bundled: xor}, split: {validation: 10%}}"),
    "R552": csv(
        FLOWERS + "0.5,1,rare\n", "target: kind, split: {validation: 20%, test: 20%, stratified: true}"
    ),
    "R553": csv(FLOWERS, "target: height, split: {validation: 20%, stratified: true}"),
    "R554": csv(FLOWERS, "target: kind, split: {validation: 20%, test: 20%, group: width}"),
    "R555": DataCase(
        "data: {source: {bundled: penguins}, missing: drop, "
        "split: {test: 20%, group: island, stratified: true}}"
    ),
    "R561": DataCase("data: {source: {arrays: {features: x, target: y}}}"),
    "R558": csv(FLOWERS + "1,2\n", path="flowers.csv, bad_rows: {skip: 10%}"),
    "R559": csv(FLOWERS + "1,2\n3\n", path="flowers.csv, bad_rows: {skip: 1}"),
    "R568": csv(FLOWERS, path="flowers.csv, columns: [height, kind]"),
    "R546": DataCase("data: {source: {bundled: penguins}, missing: drop, split: {test: 20%, folds: 5}}"),
    "R547": DataCase("data: {source: {bundled: penguins}, missing: drop, split: {folds: 5, fold: 6}}"),
    "R548": csv(FLOWERS + "0.5,1,rare\n", "target: kind, split: {folds: 5, stratified: true}"),
    "R549": csv(
        rows(9, "day {i},{f:.3f},k{odd}", header="seen,width,kind"),
        "target: kind, split: {time: seen, test: 20%}",
    ),
    "R587": csv(FLOWERS, "target: kind, split: {time: width, validation: 20%, test: 20%}"),
    "R577": csv(
        rows(20, "a b,{f:.3f},yes no yes", "words,width,kind"),
        "target: {kind: {sequence: 3}}, features: {words: {sequence: 3}}, ignore: [width]",
    ),
    "R578": csv(FLOWERS, "target: {kind: labels}"),
    "R579": csv("height,kind\n" + "1.5,red|blue\n2.5,red|green\n3.1,blue|green\n4.7,red|blue|green\n" * 5),
    "R580": DataCase(
        "data: {source: {bundled: penguins}, target: {species: {category: {embedding: 8}}}, missing: drop}"
    ),
    "R581": csv(FLOWERS.replace(",0,", ",-3,", 2), "target: kind, features: {width: {number: {scale: log}}}"),
    "R582": csv(rows(9, "0{i}/02/2013,{f:.3f},k{odd}", header="seen,width,kind").replace("00/", "09/")),
    "R583": csv(
        rows(9, "2013-02-0{i},{f:.3f},k{odd}", header="seen,width,kind"),
        "target: kind, features: {seen: date}",
    ),
    "R584": DataCase(
        "data: {source: {bundled: penguins}, missing: drop,\n"
        "       features: {island: {category: {hashing: 8, minimum_count: 2}}}}"
    ),
    "R589": csv(FLOWERS, 'target: {kind: {labels: "|"}}'),
    "R590": DataCase(
        "data: {source: {images: {path: photos/cat}}}",
        {"photos/cat/0.png": image(), "photos/cat/1.png": image()},
    ),
    "R591": photos(photos__cat__3_png=b"", photos__dog__9_jpg=b"<html>404 Not Found</html>"),
    "R592": photos(", bad_rows: {skip: 20%}", photos__cat__3_png=b""),
    "R593": photos(", bad_rows: {skip: 1%}", photos__cat__3_png=b""),
    "R594": photos(photos__dog__3_png=image(6, 10), photos__dog__4_png=image(6, 12)),
    "R595": photos(photos__notes_txt=b"by whom?"),
    "R596": photos(
        ", table: labels.csv, column: file", labels_csv=b"file,kind\ncat/0.png,cat\ncat/7.png,cat\n"
    ),
    "R500": masked(0, 1, words=", classes: [ground, dog, cat]"),
    "R518": masked(0, 128, 255, words=""),
    "R519": masked(0, 1, 7, words=", classes: 2"),
    "R597": photos(", masks: masks", masks__cat__0_png=image(mode="L"), masks__cat__9_png=image(mode="L")),
    "R598": photos(photos__bird___txt=b""),
    "R599": photos(", column: file"),
    "R570": corpus("split: {validation: 10%, stratified: true}"),
    "R571": DataCase(
        "data:\n"
        "  train: {corpus: {path: plays.txt, context: 8}}\n"
        "  validation: {corpus: {path: letters.txt, context: 8}}",
        {"plays.txt": PLAY, "letters.txt": "un cœur simple, déjà vu".encode()},
    ),
    "R572": corpus("split: {validation: 10}"),
    "R573": series(rows(40, "{i},{f:.3f}", "hour,load") + "7,0.5\n"),
    "R574": series(rows(40, "{i},{f:.3f}", "hour,load") + "soon,0.5\n"),
    "R575": series(rows(40, "{i},{f:.3f}", "hour,load") + "40,\n"),
    "R576": csv(
        rows(20, "{f:.3f},petals of {i} hues,k{odd}"),
        "target: kind, features: {width: text}",
    ),
    "R585": csv(FLOWERS, "target: {kind: {flag: {column: height, above: 0.5}}}"),
    "R586": csv(FLOWERS, "target: {tall: {flag: {column: height, above: 0.5}}}, features: {height: number}"),
    "R319": DataCase(
        "data: {source: {csv: {path: flowers.csv}}, target: {kind: {sequence: 4}}}\n"
        "loss: CategoricalCrossentropy",
        {"flowers.csv": FLOWERS.encode()},
    ),
    "R316": DataCase("runtime: {strategy: mirrored}\narchitecture: [Flatten, {Dropout: 0.1}, head]"),
    "R311": DataCase(
        "data: {source: {csv: {path: flowers.csv}}, target: height}\nmetrics: [accuracy]",
        {"flowers.csv": FLOWERS.encode()},
    ),
}
