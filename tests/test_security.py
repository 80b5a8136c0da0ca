"""A spec is data: what tries to be more is refused with a sentence, and nothing happens.

Every payload runs behind walls (`tests/walls.py`), beside a canary file that must not change.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from recipe.program.facts import Facts
from recipe.program.programs import Program
from recipe.program.saving import from_json, to_json
from tests.walls import CHECKOUT, behind_walls

RIGHT = {
    "recipe": "1",
    "data": "{source: {bundled: digits}, split: {validation: 10%}}",
    "optimizer": "Adam",
    "training": "{epochs: 3}",
    "architecture": "[Flatten, {Dense: 8}, head]",
}


def spec(**changed):
    return "".join(f"{key}: {value}\n" for key, value in (RIGHT | changed).items())


def layer(text):
    return spec(architecture=f"[Flatten, {text}, head]")


def named(text):
    return spec(name=text)


def expression(text):
    return layer(f'{{Dense: "${{{text}}}"}}')


def output(text):
    return layer(f"{{Dense: 3, as: {text}}}")


def callback(text):
    return spec(training=f"{{epochs: 3, callbacks: [{text}]}}")


def table(text):
    return spec(data=f"{{source: {{csv: {{path: {text}}}}}, target: a}}")


def extending(text):
    return f"extends: {text}\n"


def cases(code, make, *texts):
    """Specs that must be refused with a code."""
    return [(make(text), code) for text in texts]


# The tags of PyYAML that run or build something, CVE-2021-37678 and CVE-2020-14343 among them.
TAGS = [
    *cases(
        "R118",
        named,
        "!!python/object/apply:os.system ['touch canary']",
        "!!python/object/apply:subprocess.check_output [[touch, canary]]",
        "!!python/object/apply:builtins.eval [\"open('canary', 'w')\"]",
        "!!python/object/apply:builtins.exec [\"open('canary', 'w')\"]",
        "!!python/object/apply:os.remove [canary]",
        "!!python/object/new:os.system [touch canary]",
        "!!python/object/new:subprocess.Popen [[touch, canary]]",
        "!!python/object/new:tuple [!!python/object/new:map [!!python/name:eval , [\"open('canary')\"]]]",
        "!!python/object/new:type {args: [z, !!python/tuple [], {extend: !!python/name:exec }]}",
        "!!python/object:os.system {a: b}",
        "!!python/name:os.system",
        "!!python/module:antigravity",
        "!!python/tuple [1, 2]",
        "!!python/str a",
        "!!python/bytes YQ==",
        "!!python/int 1",
        "!!python/float 1.0",
        "!!python/complex 1j",
        "!!python/none",
        "!!python/list [a]",
        "!!python/dict {a: b}",
        "!<tag:yaml.org,2002:python/object/apply:os.system> [touch canary]",
        "!foo a",
        "! a",
        "!!binary YQ==",
        "!!set {a}",
        "!!timestamp 2024-01-01",
    ),
    (f"{spec()}? !!python/name:os.system a\n: b\n", "R118"),
    (f"!!python/object/apply:os.system\n{spec()}", "R118"),
    ("%TAG ! tag:yaml.org,2002:python/\n---\nname: !name:os.system\n", "R124"),
]

NAMES = [
    *cases(
        "R174", layer, "os.system", "{os.system: id}", "{keras.utils.get_file: x}", "{builtins.eval: '1'}"
    ),
    *cases(
        "R202", layer, "{subprocess.Popen: id}", "{keras.src.layers.Lambda: x}", "{builtins.Exception: x}"
    ),
    *cases("R205", layer, "{Activation: os.system}", "{Dense: {units: 3, activation: keras.utils.get_file}}"),
    *cases("R205", layer, "{Dense: {units: 3, dtype: os.system}}"),
    *cases("R174", layer, "{Dense: {units: 3, kernel_initializer: os.system}}"),
    *cases("R171", layer, "{Dense: {units: 3, kernel_initializer: {class_name: Zeros, config: {}}}}"),
    *cases("R171", layer, "{Dense: {units: 3, bias_constraint: {module: os, class_name: system}}}"),
    *cases("R174", lambda text: spec(loss=text), "os.system", "keras.losses.get"),
    *cases("R174", lambda text: spec(optimizer=text), "os.system", "numpy.load"),
    *cases("R174", lambda text: spec(metrics=f"[{text}]"), "os.system", "keras.utils.get_file"),
    *cases("R174", lambda text: spec(init=text), "os.system", "pickle.loads"),
    *cases("R174", callback, "os.system", "torch.load"),
    *cases("R205", lambda text: spec(runtime=text), "{backend: os}"),
    *cases("R174", lambda text: spec(runtime=text), "{engine: os.system}"),
    *cases("R201", lambda text: spec(runtime=text), "{safe_mode: false}"),
    *cases("R201", lambda text: spec(**{text: "[os]"}), "plugins", "custom_objects", "modules"),
    *cases("R205", lambda text: spec(imports=text), "[../os]", "'os; x'", "'os.system(1)'", "{os: system}"),
    *cases(
        "R202",
        lambda text: spec(imports="os", architecture=f"[{text}, head]"),
        "{subprocess.Popen: }",
        "{TimeDistributed: {subprocess.Popen: {}}}",
    ),
]

CARRIES_CODE = [
    *cases("R215", layer, "{Lambda: 'x: x'}", "{TFSMLayer: ./model}", "{TorchModuleWrapper: x}"),
    *cases("R215", layer, "{JaxLayer: x}", "{FlaxLayer: x}", "{TimeDistributed: {Lambda: x}}"),
    *cases("R215", layer, "{Bidirectional: {layer: {Lambda: x}}}", "{RNN: {cell: {Lambda: x}}}"),
    *cases("R215", callback, "{LambdaCallback: {on_epoch_end: x}}"),
    *cases("R202", callback, "RemoteMonitor", "CallbackList", "LearningRateScheduler"),
]

EXPRESSIONS = [
    *cases("R153", expression, "().__class__.__bases__", "env.HOME", "1 << 99", "[x for x in [1]]"),
    *cases("R153", expression, "(lambda: 1)()", "(a := 1)", "__import__('os').system('touch canary')"),
    *cases("R156", expression, "open('canary')", "getattr(1, 'x')", "eval('1')"),
    *cases("R155", expression, "data.__class__", "data.secret"),
    *cases("R161", expression, "9 ** 9 ** 9", "'a' * 10 ** 9", "[1] * 10 ** 9"),
    *cases("R150", layer, '{Dense: "$(touch canary)"}'),
    *cases("R205", layer, '{Dense: "`touch canary`"}', '{Dense: "{{ 7 * 7 }}"}'),
]

PATHS = [
    *cases("R205", named, "../../x", "/etc/x", "..", ".", "a/b", '"a\\nb"', "'a\\b'", "x" * 65),
    *cases("R106", named, '"a\\0b"'),
    *cases("R205", output, "../x", "/etc/x", "[../x]", "a/b", "'..'"),
    *cases("R205", lambda text: spec(metrics=f"[{text}]"), "{AUC: , as: ../x}"),
    *cases("R210", layer, "{Dense: {units: 3, name: ../x}}"),
    *cases("R210", layer, "{Bidirectional: {layer: {LSTM: {units: 3, name: ../x}}}}"),
    *cases("R210", lambda text: spec(optimizer=text), "{Adam: {name: ../x}}"),
    *cases(
        "R205", layer, "{StringLookup: {vocabulary: /etc/passwd}}", "{IntegerLookup: {vocabulary: canary}}"
    ),
    *cases("R205", layer, "{TextVectorization: {vocabulary: canary}}", "{Normalization: {mean: canary}}"),
    *cases(
        "R205", layer, "{TextVectorization: {idf_weights: x}}", "{Discretization: {bin_boundaries: ../x}}"
    ),
    *cases(
        "R205", lambda text: spec(architecture=text, vars="{file: canary}"), "[{StringLookup: $file}, head]"
    ),
    *cases(
        "R219", callback, "{ModelCheckpoint: ../x}", "{BackupAndRestore: ../x}", "{OrbaxCheckpoint: ../x}"
    ),
    *cases("R219", callback, "TensorBoard", "{TensorBoard: {log_dir: ../x}}"),
    *cases("R205", callback, "{CSVLogger: ../x.csv}", "{CSVLogger: /etc/x.csv}", "{CSVLogger: canary}"),
    *cases("R205", table, "https://x.org/y.csv", "'s3://x/y.csv'", "'file:///etc/passwd'"),
    *cases("R106", table, '"a\\0b.csv"'),
    *cases("R205", lambda text: spec(data=f"{{source: {{bundled: {text}}}}}"), "../../x", "/etc/passwd"),
    *cases("R216", extending, "/etc/passwd", "../../../etc/passwd.yaml", "../specs/xor", "..", "xor/../xor"),
    *cases(
        "R216", extending, "https://x.org/y.yaml", "file:///etc/passwd.yaml", "~root/x.yaml", "/dev/stdin"
    ),
    *cases("R216", extending, "link.yaml", "loop.yaml", "folder.yaml", "canary", "canary.yaml"),
    *cases("R106", extending, '"a\\0b.yaml"'),
]

HUGE = 10**12
NUMBERS = [
    *cases(
        "R205", layer, f"{{Dense: {HUGE}}}", f"{{LSTM: {HUGE}}}", f"{{RepeatVector: {HUGE}}}", "{Dense: -1}"
    ),
    *cases("R205", layer, f"{{Conv2D: {{filters: {HUGE}, kernel_size: 3}}}}"),
    *cases("R205", layer, f"{{Conv2D: {{filters: 3, kernel_size: {HUGE}}}}}"),
    *cases("R205", layer, f"{{Conv2D: {{filters: 3, kernel_size: [3, {HUGE}]}}}}"),
    *cases("R205", layer, f"{{Conv2D: {{filters: 3, kernel_size: 3, strides: {HUGE}}}}}"),
    *cases("R205", layer, f"{{Embedding: {{input_dim: {HUGE}, output_dim: 8}}}}", f"{{Reshape: [{HUGE}]}}"),
    *cases("R205", layer, f"{{ZeroPadding2D: {HUGE}}}", f"{{ZeroPadding2D: [[{HUGE}, 1], 1]}}"),
    *cases(
        "R205", layer, f"{{UpSampling2D: {HUGE}}}", f"{{Hashing: {HUGE}}}", f"{{CategoryEncoding: {HUGE}}}"
    ),
    *cases("R205", layer, f"{{MultiHeadAttention: {{num_heads: {HUGE}, key_dim: 2}}}}"),
    *cases("R205", layer, f"{{Resizing: {{height: {HUGE}, width: 3}}}}", '{Dense: "${10 ** 12}"}'),
    *cases("R205", lambda text: spec(training=text), f"{{epochs: 3, batch_size: {HUGE}}}"),
    *cases("R323", lambda text: spec(training=text), f"{{epochs: {HUGE}}}", f"{{epochs: {HUGE} epochs}}"),
    *cases("R323", lambda text: spec(training=text), f"{{steps: {HUGE}}}"),
    *cases("R205", lambda text: spec(runtime=text), f"{{seed: {HUGE}}}"),
    *cases("R205", lambda text: spec(metrics=text), f"[{{AUC: {{num_thresholds: {HUGE}}}}}]"),
    *cases("R123", layer, f"{{Dense: {'9' * 5_000}}}", "{Dense: 1e400}"),
]

GROUPS = {
    "tags": TAGS,
    "names": NAMES,
    "classes that carry code": CARRIES_CODE,
    "expressions": EXPRESSIONS,
    "paths": PATHS,
    "numbers": NUMBERS,
}
CANARY = "nobody may change this, and nobody may quote it"


@pytest.fixture
def cage(tmp_path):
    """A folder with things that a spec may reach for."""
    folder = tmp_path / "cage"
    folder.mkdir()
    (folder / "canary").write_text(CANARY)
    (folder / "link.yaml").symlink_to(folder / "canary")
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "folder.yaml").mkdir()
    return folder


def contents(folder):
    return {str(path): path.read_bytes() for path in sorted(folder.parent.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("group", GROUPS)
def test_every_payload_is_refused_with_its_sentence_and_nothing_happens(group, cage):
    before = contents(cage)
    answers = behind_walls([{"text": text} for text, _ in GROUPS[group]], cage)
    found = list(zip(GROUPS[group], answers, strict=True))
    assert [answer["crash"] for answer in answers if "crash" in answer] == []
    one = {text: answer["codes"] for (text, code), answer in found if set(answer["codes"]) != {code}}
    assert {text: codes for text, codes in one.items() if group != "tags" or "R118" not in codes} == {}
    assert [(text, answer["doors"]) for (text, _), answer in found if answer["doors"]] == []
    assert [text for (text, _), answer in found if CANARY in answer["words"]] == []
    assert contents(cage) == before
    assert sorted(path.name for path in cage.iterdir()) == ["canary", "folder.yaml", "link.yaml", "loop.yaml"]


def test_there_are_as_many_payloads_as_were_thought_of():
    numbers = {name: len(payloads) for name, payloads in GROUPS.items()}
    assert numbers == {
        "tags": 30,
        "names": 35,
        "classes that carry code": 12,
        "expressions": 18,
        "paths": 54,
        "numbers": 26,
    }
    assert sum("!!python/" in text for text, _ in TAGS) >= 20


def test_the_spec_that_the_payloads_change_is_right(cage):
    (answer,) = behind_walls([{"text": spec()}], cage)
    assert (answer["codes"], answer["doors"]) == ([], [])


UNKIND = 'from pathlib import Path\n\nPath("imported").touch()\n'


def imported_by(folder):
    return sorted(path.name for path in folder.iterdir() if path.name == "imported")


def test_a_module_that_a_spec_names_is_not_imported_by_a_check(cage):
    (cage / "unkind.py").write_text(UNKIND)
    text = spec(imports="[unkind]", architecture="[Flatten, unkind.Layer, {unkind.Dense: {units: 3}}, head]")
    (answer,) = behind_walls([{"text": text}], cage)
    assert (answer["codes"], answer["doors"]) == (["R250", "R250"], [])
    assert imported_by(cage) == []


def test_a_module_that_a_spec_names_is_not_imported_unless_somebody_allows_it(cage, monkeypatch):
    from recipe import api
    from recipe.api.rates import find_rate
    from recipe.diagnostics.problems import RecipeError

    monkeypatch.chdir(cage)
    (cage / "unkind.py").write_text(UNKIND)
    (cage / "spec.yaml").write_text(spec(imports="[unkind]", architecture="[unkind.Layer, head]"))
    for action in (api.fit, api.compile, api.plan, find_rate, api.eject):
        with pytest.raises(RecipeError) as refused:
            action("spec.yaml")
        assert [problem.code for problem in refused.value.problems] == ["R680"]
    assert imported_by(cage) == []
    assert "unkind" not in sys.modules


@pytest.mark.parametrize("command", ["evaluate", "predict", "resume"])
def test_a_run_folder_that_names_a_module_is_not_trusted_either(command, cage, monkeypatch):
    from recipe.api import load
    from recipe.cli.main import run

    monkeypatch.chdir(cage)
    (cage / "unkind.py").write_text(UNKIND)
    program = load("spec.yaml", text=spec(imports="[unkind]", architecture="[unkind.Layer, head]")).program
    written = to_json(replace(program, facts=Facts({}, {}, (), (), "")))
    (cage / "run").mkdir()
    (cage / "run" / "program.json").write_text(json.dumps(written))
    (cage / "run" / "status.json").write_text(json.dumps({"state": "stopped"}))
    assert run([command, "run", *(["spec.yaml"] if command == "predict" else [])]) == 1
    assert imported_by(cage) == []


def test_a_value_from_outside_is_no_less_data(cage):
    overrides = {
        "name=../../x": "R205",
        "optimizer=os.system": "R174",
        "optimizer=!!python/name:os.system": "R118",
        "extends=/etc/passwd": "R221",
        "training.callbacks=[{CSVLogger: ../x.csv}]": "R205",
        "architecture=[{Lambda: x}]": "R215",
        f"training.epochs={HUGE}": "R323",
        "data.source.csv.path=https://x.org/y.csv": "R205",
    }
    answers = behind_walls([{"text": spec(), "overrides": [text]} for text in overrides], cage)
    found = zip(overrides.items(), answers, strict=True)
    assert [
        (text, answer) for (text, code), answer in found if code not in answer["codes"] or answer["doors"]
    ] == []


def test_a_spec_that_extends_itself_by_another_path_is_read_once(cage):
    (cage / "a.yaml").write_text(f"extends: ../cage/a.yaml\n{spec()}")
    (cage / "b.yaml").write_text(f"extends: [../cage/c.yaml, ../cage/c.yaml]\n{spec()}")
    (cage / "c.yaml").write_text("extends: [../cage/../cage/b.yaml, ../cage/../cage/b.yaml]\n")
    answers = behind_walls([{"path": "a.yaml"}, {"path": "b.yaml"}], cage)
    assert [set(answer["codes"]) for answer in answers] == [{"R217"}, {"R217"}]


def test_a_family_of_specs_cannot_grow_without_end(cage):
    for number in range(40):
        (cage / f"{number}.yaml").write_text(f"extends: [{number + 1}.yaml, {number + 1}.yaml]\nname: x\n")
    (cage / "40.yaml").write_text(spec())
    large = "# " + "x" * 200_000 + f"\n{spec()}"
    for name in ("large", "larger"):
        (cage / f"{name}.yaml").write_text(large)
    (cage / "both.yaml").write_text("extends: [large.yaml, larger.yaml]\n")
    answers = behind_walls([{"path": "0.yaml"}, {"path": "both.yaml"}], cage)
    assert [answer["codes"].count("R222") for answer in answers] == [1, 1]
    assert all(answer["seconds"] < 2 for answer in answers)


TARGETS = (
    "keras.utils.get_file",
    "keras.layers.Lambda",
    "keras.config.enable_unsafe_deserialization",
    "os.system",
)


@pytest.mark.parametrize("target", TARGETS)
def test_a_run_folder_names_nothing_that_a_spec_could_not_name(target):
    from recipe.api import load

    program = load("spec.yaml", text=spec()).program
    written = json.loads(json.dumps(to_json(program)))
    assert isinstance(from_json(written), Program)
    forged = json.loads(json.dumps(written).replace("keras.layers.Flatten", target))
    with pytest.raises(ValueError, match=re.escape(target)):
        from_json(forged)


def test_a_run_folder_imports_no_other_module_than_it_says():
    from recipe.api import load

    text = spec(imports="[kind]", architecture="[Flatten, kind.Layer, head]")
    written = json.dumps(to_json(load("spec.yaml", text=text).program))
    assert from_json(json.loads(written)).imports == ("kind",)
    with pytest.raises(ValueError, match=re.escape("os.Layer")):
        from_json(json.loads(written.replace("kind.Layer", "os.Layer")))


@pytest.mark.parametrize("target", TARGETS)
def test_the_compiler_calls_nothing_that_is_not_in_the_catalog(target):
    from recipe.compiler.constructing import class_of

    with pytest.raises(ValueError, match="of the catalog"):
        class_of(target)


# under strace: what the kernel saw

SEEN = re.compile(r"^\d+ +(?P<call>\w+)\((?P<arguments>.*)$")
CALLS = """
    execve execveat fork vfork clone clone3 socket connect bind open openat openat2 creat unlink unlinkat
    rename renameat renameat2 mkdir mkdirat truncate link linkat symlink symlinkat chmod fchmod fchmodat chown
    fchownat mknod mknodat
""".split()


def has_strace():
    found = shutil.which("strace")
    command = [found, "-o", os.devnull, sys.executable, "-c", ""]
    return found is not None and subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not has_strace(), reason="strace is not here, or may not trace")
def test_the_kernel_sees_no_process_no_socket_and_no_file_that_is_written(cage):
    log = cage.parent / "calls"
    texts = [text for payloads in GROUPS.values() for text, _ in payloads]
    under = ("strace", "-f", "-qq", "-e", f"trace={','.join(CALLS)}", "-e", "signal=none", "-o", str(log))
    answers = behind_walls([{"text": text} for text in texts], cage, under=under)
    assert len(answers) == len(texts)
    lines = [SEEN.match(line) for line in log.read_text(errors="replace").splitlines()]
    calls = [(line["call"], line["arguments"]) for line in lines if line]
    started, *others = calls
    assert started[0] == "execve"
    opened = [arguments for call, arguments in others if call in {"open", "openat", "openat2"}]
    assert len(opened) == len(others), [call for call in others if not call[0].startswith("open")]
    assert [
        arguments for arguments in opened if re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)", arguments)
    ] == []
    files = [
        arguments.split('"')[1]
        for arguments in opened
        if not arguments.endswith("(No such file or directory)")
    ]
    assert not [file for file in files if Path(file).name in {"passwd", "canary", "link.yaml"}]
    assert str(CHECKOUT) in "".join(files)
