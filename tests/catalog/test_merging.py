import pytest

from recipe.catalog.merging import merge_documents
from recipe.diagnostics.problems import Problem
from recipe.language.nodes import Document, ListNode, MappingNode, Node, Pair, ScalarNode
from recipe.language.overrides import parse_override
from recipe.language.reader import read


def document(text: str, source: str) -> Document:
    problems: list[Problem] = []
    found = parse_override(text, 1, problems) if source.startswith("--set") else read(text, source, problems)
    assert problems == []
    assert found is not None
    return found


def plain(node: Node) -> object:
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {pair.key: plain(pair.value) for pair in node.pairs}


def merged(base: str, *tops: str) -> dict:
    documents = [document(base, "base.yaml")]
    documents += [document(top, "--set 1" if "=" in top else "top.yaml") for top in tops]
    return plain(merge_documents(documents))


def at(node: Node, path: str) -> Pair:
    for name in path.split("."):
        assert isinstance(node, MappingNode)
        found = node.get(name)
        assert found is not None
        node = found.value
    return found


def test_one_document_is_left_as_it_is():
    assert merged("training: {epochs: 3}") == {"training": {"epochs": 3}}


def test_sections_merge_key_by_key_and_the_upper_value_wins():
    base = "training: {epochs: 3, batch_size: 8}"
    assert merged(base, "training: {epochs: 5}") == {"training": {"epochs": 5, "batch_size": 8}}


def test_the_order_of_documents_is_the_order_of_power():
    assert merged("name: a", "name: b", "name: c") == {"name": "c"}


def test_a_mapping_that_an_override_passes_through_stands_where_the_file_has_it():
    base = document("data:\n  train: {csv: {path: a.csv}}", "base.yaml")
    top = document("data.train.csv.path=b.csv", "--set 1")
    found = merge_documents([base, top])

    for path in ("data", "data.train", "data.train.csv"):
        assert (at(found, path).key_span.source, at(found, path).value.span.source) == ("base.yaml",) * 2
    assert at(found, "data.train.csv.path").key_span.source == "--set 1"
    assert at(found, "data.train.csv.path").value.overrode


def test_lists_replace():
    base = "architecture: [Flatten, head]"
    assert merged(base, "architecture: [{Dense: 3}]") == {"architecture": [{"Dense": 3}]}


def test_variables_merge_by_name():
    assert merged("vars: {a: 1, b: 2}", "vars: {b: 3}") == {"vars": {"a": 1, "b": 3}}


def test_at_an_object_the_same_name_merges_arguments():
    base = "optimizer: {AdamW: {learning_rate: 1, beta_1: 2}}"
    assert merged(base, "optimizer: {AdamW: {learning_rate: 3}}") == {
        "optimizer": {"AdamW": {"learning_rate": 3, "beta_1": 2}}
    }


def test_at_an_object_another_name_replaces():
    base = "optimizer: {AdamW: {learning_rate: 1, beta_1: 2}}"
    assert merged(base, "optimizer: {SGD: {learning_rate: 3}}") == {
        "optimizer": {"SGD": {"learning_rate": 3}}
    }
    assert merged(base, "optimizer: SGD") == {"optimizer": "SGD"}


@pytest.mark.parametrize(
    ("base", "top"),
    [
        ("optimizer: {Adam: 1}", "optimizer: {Adam: {beta_1: 2}}"),
        ("optimizer: {Adam: {beta_1: 2}}", "optimizer: {Adam: 1}"),
        ("optimizer: {Adam: {learning_rate: 1}}", "optimizer.beta_1=2"),
        ("optimizer: {Adam: 1}", "optimizer.Adam.beta_1=2"),
        ("optimizer: {Adam: {beta_1: 2}}", "optimizer.Adam=1"),
    ],
)
def test_a_lone_value_is_the_first_argument_when_objects_merge(base, top):
    assert merged(base, top) == {"optimizer": {"Adam": {"learning_rate": 1, "beta_1": 2}}}


@pytest.mark.parametrize("base", ["optimizer: Adam", "optimizer: {Adam: }", "optimizer: {Adam: {}}"])
def test_an_object_without_arguments_takes_them_from_above(base):
    assert merged(base, "optimizer.learning_rate=1") == {"optimizer": {"Adam": {"learning_rate": 1}}}


def test_the_same_bare_name_above_keeps_the_arguments_below():
    base = "optimizer: {Adam: {beta_1: 2}}"
    assert merged(base, "optimizer: Adam") == {"optimizer": {"Adam": {"beta_1": 2}}}


def test_words_of_ours_merge_like_classes():
    base = "schedule: {warmup_cosine: {warmup: 5%}}"
    assert merged(base, "schedule.floor=1%") == {
        "schedule": {"warmup_cosine": {"warmup": "5%", "floor": "1%"}}
    }


def test_objects_inside_sections_merge_too():
    base = "data: {source: {csv: {path: a.csv, separator: ';'}}}"
    assert merged(base, "data: {source: {csv: b.csv}}") == {
        "data": {"source": {"csv": {"path": "b.csv", "separator": ";"}}}
    }


def test_what_stands_beside_an_object_merges_by_its_word():
    base = "optimizer: {Adam: {beta_1: 2}, groups: [1]}"
    assert merged(base, "optimizer: {Adam: {beta_1: 3}, groups: [2]}") == {
        "optimizer": {"Adam": {"beta_1": 3}, "groups": [2]}
    }
    assert merged(base, "optimizer: {beta_1: 3}") == {"optimizer": {"Adam": {"beta_1": 3}, "groups": [1]}}


def test_a_section_over_a_word_replaces_the_word():
    assert merged("init: auto", "init.default=HeNormal") == {"init": {"default": "HeNormal"}}
    assert merged("init: HeNormal", "init: {match: {a: Zeros}}") == {"init": {"match": {"a": "Zeros"}}}


def test_an_argument_over_an_object_stays_with_it_where_a_section_may_stand_too():
    assert merged("init: HeNormal", "init.seed=3") == {"init": {"HeNormal": {"seed": 3}}}


def test_a_lone_value_is_the_first_key_when_sections_merge():
    assert merged("regularization: {weight_decay: 0.1}", "regularization.weight_decay.exclude=[a]") == {
        "regularization": {"weight_decay": {"value": 0.1, "exclude": ["a"]}}
    }


@pytest.mark.parametrize("path", ["schedule", "regularization.weight_decay", "optimizer"])
def test_off_replaces_whatever_stood_there(path):
    base = "schedule: warmup_cosine\nregularization: {weight_decay: 0.1}\noptimizer: {Adam: 1}"
    found: object = merged(base, f"{path}=off")
    for name in path.split("."):
        assert isinstance(found, dict)
        found = found[name]
    assert found == "off"


def test_a_key_that_no_section_knows_survives_to_be_told():
    assert merged("traning: {epochs: 1}", "traning: {epochs: 2}") == {"traning": {"epochs": 2}}


@pytest.mark.parametrize(
    ("base", "top", "expected"),
    [
        ("training: {epochs: 3, batch_size: 8}", "training: {steps: 9}", {"batch_size": 8, "steps": 9}),
        ("training: {steps: 9}", "training: {epochs: 3}", {"epochs": 3}),
        ("training: {epochs: 3}", "training: {epochs: 3, steps: 9}", {"epochs": 3, "steps": 9}),
        ("data: {train: a, test: b}", "data: {source: c}", {"source": "c"}),
        ("data: {source: c}", "data: {train: a, test: b}", {"train": "a", "test": "b"}),
    ],
)
def test_a_key_takes_the_place_of_an_inherited_one_that_says_the_same_otherwise(base, top, expected):
    (section,) = merged(base, top).values()
    assert section == expected


def test_a_key_remembers_the_one_whose_place_it_took():
    documents = document("training: {epochs: 3}", "base.yaml"), document("training: {steps: 9}", "top.yaml")
    steps = at(merge_documents(documents), "training.steps").value
    assert [span.source for span in steps.overrode] == ["base.yaml"]


def test_what_was_replaced_is_remembered_nearest_first():
    documents = [document(f"training: {{epochs: {number}}}", f"{number}.yaml") for number in (1, 2, 3)]
    epochs = at(merge_documents(documents), "training.epochs").value
    assert [span.source for span in epochs.overrode] == ["2.yaml", "1.yaml"]


def test_an_argument_that_was_replaced_remembers_the_file():
    documents = [
        document("optimizer: {Adam: {learning_rate: 1}}", "base.yaml"),
        document("optimizer.learning_rate=2", "--set 1"),
    ]
    optimizer = at(merge_documents(documents), "optimizer")
    rate = at(optimizer.value, "Adam.learning_rate").value
    assert (rate.span.source, [span.source for span in rate.overrode]) == ("--set 1", ["base.yaml"])
    assert optimizer.value.overrode == (), "the object itself is still the one of the file"


def test_an_object_of_another_name_remembers_the_one_it_replaced():
    documents = [document("optimizer: Adam", "base.yaml"), document("optimizer: SGD", "top.yaml")]
    optimizer = at(merge_documents(documents), "optimizer").value
    assert [span.source for span in optimizer.overrode] == ["base.yaml"]
