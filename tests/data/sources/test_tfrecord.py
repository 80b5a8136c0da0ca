"""Source `tfrecord`: what TensorFlow wrote, and each damage at its record."""

import gzip
import io
import struct

import numpy as np
import pytest

from recipe.catalog.calls import Argument, Call, Origin
from recipe.data.sources import limits
from recipe.data.sources import tfrecord as tfrecord_module
from recipe.data.sources.crc32c import masked_one
from recipe.data.sources.tf_examples import NoExample, parse_example
from recipe.data.sources.tfrecord import read
from tests.data.plans import SPAN, source
from tests.data.sources.records import framed

COUNT = 30


def png(row):
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(np.full((3, 2, 3), row, dtype=np.uint8)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A file of TensorFlow's own writer, and its messages."""
    import tensorflow as tf

    path = tmp_path_factory.mktemp("records") / "all.tfrecord"
    generator = np.random.default_rng(0)

    def feature(**lists):
        return tf.train.Feature(**lists)

    messages = []
    with tf.io.TFRecordWriter(str(path)) as writer:
        for row in range(COUNT):
            whole = generator.integers(-(2**62), 2**62, 5)
            features = {
                "id": feature(int64_list=tf.train.Int64List(value=[row - 3])),
                "whole": feature(int64_list=tf.train.Int64List(value=whole)),
                "real": feature(float_list=tf.train.FloatList(value=generator.normal(size=4))),
                "size": feature(float_list=tf.train.FloatList(value=[float("nan") if row == 2 else 0.1])),
                "name": feature(bytes_list=tf.train.BytesList(value=[f" Zoë {row} ".encode()])),
                "raw": feature(bytes_list=tf.train.BytesList(value=[generator.bytes(12)])),
                "picture": feature(bytes_list=tf.train.BytesList(value=[png(row)])),
            }
            message = tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()
            messages.append(message)
            writer.write(message)
    return path, messages


def described(**features):
    return {
        name: call_of("tfrecord_feature", type=kind, shape=shape) for name, (kind, shape) in features.items()
    }


def call_of(name, **arguments):
    values = {key: Argument(value, Origin(SPAN)) for key, value in arguments.items()}
    return Call(name, f"recipe:{name}", values, Origin(SPAN))


WHOLE = described(
    id=("int64", ()),
    whole=("int64", (5,)),
    real=("float", (2, 2)),
    size=("float", ()),
    name=("text", ()),
    raw=("uint8", (2, 6)),
    picture=("image", ()),
)


def problems_of(path, **arguments):
    problems = []
    assert read(source("tfrecord", path=str(path), **arguments), problems) is None
    return problems


def test_every_feature_is_what_tensorflow_parses(written):
    import tensorflow as tf

    path, messages = written
    problems = []
    table = read(source("tfrecord", path=str(path), features=WHOLE), problems)
    assert problems == []
    fixed = tf.io.FixedLenFeature
    expected = tf.io.parse_example(
        messages,
        {
            "id": fixed([], tf.int64),
            "whole": fixed([5], tf.int64),
            "real": fixed([2, 2], tf.float32),
            "size": fixed([], tf.float32),
            "name": fixed([], tf.string),
            "raw": fixed([], tf.string),
        },
    )
    assert table.cells["id"].tolist() == [str(one) for one in expected["id"].numpy()]
    assert np.array_equal(table.arrays["whole"].values, expected["whole"].numpy())
    assert np.array_equal(table.arrays["real"].values, expected["real"].numpy())
    assert table.cells["size"][2] == ""
    assert np.float32(table.cells["size"][0]) == np.float32(0.1)
    assert table.cells["name"].tolist() == [one.decode().strip() for one in expected["name"].numpy()]
    assert [row.tobytes() for row in table.arrays["raw"].values] == expected["raw"].numpy().tolist()
    assert table.arrays["picture"].values[:, 0, 0, 0].tolist() == list(range(COUNT))


def test_features_are_found_where_nobody_describes_them_and_raw_bytes_are_asked_for(written):
    (problem,) = problems_of(written[0])
    assert (problem.code, problem.column) == ("R562", "raw")
    assert "type: uint8" in problem.help


def test_a_packed_file_is_read_and_has_the_same_digest(written, tmp_path):
    (tmp_path / "all.tfrecord.gz").write_bytes(gzip.compress(written[0].read_bytes()))
    packed = read(source("tfrecord", path=str(tmp_path / "all.tfrecord.gz"), features=WHOLE), [])
    assert packed.digest == read(source("tfrecord", path=str(written[0]), features=WHOLE), []).digest


@pytest.fixture
def damaged(written, tmp_path):
    """The file with its bytes changed."""

    def write(change):
        path = tmp_path / "damaged.tfrecord"
        path.write_bytes(change(bytearray(written[0].read_bytes())))
        return path

    return write


@pytest.mark.parametrize(("cut", "record"), [(-1, COUNT - 1), (-200, COUNT - 1), (5, 0), (12, 0)])
def test_a_file_that_was_cut_off_names_the_record(damaged, cut, record):
    (problem,) = problems_of(damaged(lambda content: content[:cut]), features=WHOLE)
    assert (problem.code, problem.record, problem.reason) == ("R566", record, "the file ends in it")


def flipped(position):
    def change(content):
        content[position] ^= 1
        return content

    return change


def test_a_bit_that_flipped_is_told_with_its_record_and_byte(damaged, written):
    start = 16 + len(written[1][0])  # of the second record
    (problem,) = problems_of(damaged(flipped(start + 50)), features=WHOLE)
    assert (problem.code, problem.record, problem.position) == ("R566", 1, start)
    (problem,) = problems_of(damaged(flipped(start)), features=WHOLE)
    assert "length has another checksum" in problem.reason


def skipping(most):
    return call_of("bad_rows", skip=most)


def test_broken_records_are_left_out_up_to_a_limit_and_a_lost_end_never_is(damaged, written):
    start = 16 + len(written[1][0])
    problems = []
    call = source("tfrecord", path=str(damaged(flipped(start + 50))), features=WHOLE, bad_rows=skipping(1))
    table = read(call, problems)
    assert [problem.code for problem in problems] == ["R558"]
    assert len(table) == COUNT - 1
    assert [place.number for place in table.places(np.array([0, 1]))] == [0, 2]
    cut = damaged(lambda content: content[:-3])
    assert [one.code for one in problems_of(cut, features=WHOLE, bad_rows=skipping(5))] == ["R566"]


def test_what_is_described_otherwise_is_told_with_its_records(written):
    (problem,) = problems_of(written[0], features={**WHOLE, **described(whole=("int64", (4,)))})
    assert (problem.code, problem.feature, problem.count) == ("R567", "whole", COUNT)
    assert (problem.expected, problem.received) == ("4 whole numbers", "5 whole numbers")
    (problem,) = problems_of(written[0], features=described(nmae=("int64", (2,))))
    assert problem.received == "nothing"


def test_records_that_are_no_examples_are_told(tmp_path):
    path = tmp_path / "text.tfrecord"
    path.write_bytes(framed(b"hello, world"))
    assert problems_of(path)[0].code == "R566"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not records at all"])
def test_a_file_without_records_says_so(tmp_path, content):
    path = tmp_path / "none.tfrecord"
    path.write_bytes(content)
    assert problems_of(path)[0].code in ("R507", "R566")


def test_a_length_that_lies_takes_no_memory(tmp_path, monkeypatch):
    head = struct.pack("<Q", 2**60)
    path = tmp_path / "lying.tfrecord"
    path.write_bytes(head + struct.pack("<I", masked_one(head)) + b"some")
    assert problems_of(path)[0].reason == "the file ends in it"
    bomb = tmp_path / "bomb.tfrecord.gz"
    bomb.write_bytes(gzip.compress(head + struct.pack("<I", masked_one(head)) + bytes(5_000_000)))
    for module in (limits, tfrecord_module):
        monkeypatch.setattr(module, "memory_left", lambda: 4_000_000)
    assert problems_of(bomb)[0].code == "R557"


@pytest.mark.parametrize(
    "message", [b"\x0a\xff\xff\xff\xff\x0f", b"\x08" + b"\xff" * 11, b"\x0a\x05ab", b"\x0b", b"\x08\x80"]
)
def test_messages_of_any_bytes_are_refused_or_parsed(message):
    with pytest.raises(NoExample):
        parse_example(message)
