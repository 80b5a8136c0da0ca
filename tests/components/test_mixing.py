"""Mixup and CutMix against their papers, computed in NumPy."""

import keras
import numpy as np
import pytest

from recipe.components.class_weights import ClassWeights
from recipe.components.mixing import Mixing, symmetric_beta

IMAGES = np.random.default_rng(0).uniform(size=(12, 9, 6, 2)).astype("float32")
LABELS = np.eye(3, dtype="float32")[np.arange(12) % 3]
WEIGHTS = np.arange(12, dtype="float32")
BATCH = {"inputs": IMAGES, "targets": LABELS, "weights": {"": WEIGHTS}}


def drawn(**arguments):
    """A mixed batch, and what was drawn for it: a twin with the same seed draws the same."""
    draw = Mixing(seed=5, **arguments).draw(12)
    mixed = Mixing(seed=5, **arguments)(BATCH)
    plain = [np.asarray(keras.ops.convert_to_numpy(value)) for value in draw]
    return keras.tree.map_structure(keras.ops.convert_to_numpy, mixed), plain


def by_formula(values, partner, share):
    return share * values + (1 - share) * values[partner]


def test_mixup_is_equation_1_of_its_paper_for_inputs_targets_and_weights():
    mixed, (partner, share, *_) = drawn(mixup=0.4)
    assert sorted(partner.tolist()) == list(range(12))
    for found, given in zip(keras.tree.flatten(mixed), keras.tree.flatten(BATCH), strict=True):
        np.testing.assert_allclose(found, by_formula(given, partner, share), atol=1e-6)


def test_cutmix_pastes_a_box_and_mixes_targets_by_the_area_that_is_left():
    mixed, (partner, _, _, centre, cut) = drawn(cutmix=1.0)
    expected, edges = IMAGES.copy(), []
    for size, place in ((9, centre[0]), (6, centre[1])):
        middle, half = int(size * place), int(size * cut) // 2
        edges.append((max(middle - half, 0), min(middle + half, size)))
    (top, bottom), (left, right) = edges
    expected[:, top:bottom, left:right] = IMAGES[partner][:, top:bottom, left:right]
    share = 1 - (bottom - top) * (right - left) / 54
    assert 0 < share < 1
    np.testing.assert_allclose(mixed["inputs"], expected, atol=1e-7)
    np.testing.assert_allclose(mixed["targets"], by_formula(LABELS, partner, share), atol=1e-6)
    np.testing.assert_allclose(mixed["weights"][""], by_formula(WEIGHTS, partner, share), atol=1e-5)


def test_a_mask_is_cut_as_its_image_is():
    twin = Mixing(cutmix=1.0, masks=("mask",), seed=5)
    masks = (IMAGES[..., :1] > 0.5).astype("float32")
    mixed = twin({"inputs": masks, "targets": masks, "weights": {}})
    np.testing.assert_array_equal(mixed["inputs"], mixed["targets"])


def test_with_both_every_batch_takes_one_of_them():
    layer = Mixing(mixup=0.2, cutmix=1.0, seed=3)
    kinds = [bool(keras.ops.convert_to_numpy(layer.draw(4).is_mixup)) for _ in range(40)]
    assert 8 < sum(kinds) < 32


@pytest.mark.parametrize("a", [0.05, 0.2, 1.0, 3.0])
def test_the_shares_follow_the_beta_distribution(a: float):
    generator = np.random.default_rng(1)
    ours = np.asarray(symmetric_beta(*generator.uniform(size=(2, 50_000)).astype("float32"), a))
    assert np.isfinite(ours).all()
    theirs = generator.beta(a, a, 50_000)
    for edge in (0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999):
        assert abs((ours < edge).mean() - (theirs < edge).mean()) < 0.02, edge


def test_a_class_has_its_weight_at_every_position():
    layer = ClassWeights([0.5, 2.0])
    np.testing.assert_array_equal(layer(np.array([[1, 0], [0, 1]])), [[2.0, 0.5], [0.5, 2.0]])
