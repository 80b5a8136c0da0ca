"""Folds: every row is held out once, in one of several turns; a pure function of the order of the rows."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from recipe.data.cells import in_natural_order
from recipe.data.tables import Rows, Texts
from recipe.diagnostics.data_splits import TooManyFolds
from recipe.diagnostics.problems import Problem
from recipe.program.plans import Split

Folds = NDArray[np.int64]
"""The fold of every row, from 0; `(rows,)`."""


def assign(order: Rows, keys: Texts | None, split: Split, problems: list[Problem]) -> Folds | None:
    """The fold in which each row is held out.

    Args:
        order: of all rows, at random.
        keys: with `split.group` the group of every row, with `split.stratified` its class; else not read.
        split: the number of folds, and what they keep.
        problems: R548 is appended.

    Returns:
        Folds whose sizes differ by one row at most; with groups by as much as whole groups ask for, with
        classes every class by one row at most. None after a Problem.
    """
    if split.group is not None and keys is not None:
        return _by_group(order, keys, split, problems)
    if split.stratified and keys is not None:
        return _by_class(order, keys, split, problems)
    if len(order) < split.folds:
        problems.append(TooManyFolds(split.span, split.folds, "examples", len(order)))
        return None
    return _in_turn(order, split.folds)


def _in_turn(order: Rows, folds: int) -> Folds:
    fold_of = np.empty(len(order), dtype=np.int64)
    fold_of[order] = np.arange(len(order)) % folds
    return fold_of


def _by_class(order: Rows, labels: Texts, split: Split, problems: list[Problem]) -> Folds | None:
    """In turn over the rows sorted by class: each fold gets its share of each class, and of the whole."""
    counts = Counter(labels.tolist())
    rare = [name for name in in_natural_order(counts) if counts[name] < split.folds]
    for name in rare:
        what = f"examples of the class `{name}`"
        problems.append(TooManyFolds(split.span, split.folds, what, counts[name]))
    if rare:
        return None
    number_of = {name: number for number, name in enumerate(in_natural_order(counts))}
    numbers = np.fromiter((number_of[name] for name in labels[order].tolist()), np.int64, count=len(order))
    return _in_turn(order[np.argsort(numbers, kind="stable")], split.folds)


def _by_group(order: Rows, groups: Texts, split: Split, problems: list[Problem]) -> Folds | None:
    """The largest group first, each into the fold that has the fewest rows; equal ones at random."""
    counts = Counter(groups[order].tolist())
    if len(counts) < split.folds:
        what = f"values of `{split.group}`"
        problems.append(TooManyFolds(split.span, split.folds, what, len(counts)))
        return None
    sizes, fold_of_group = [0] * split.folds, dict[str, int]()
    for name, count in counts.most_common():
        fold = sizes.index(min(sizes))
        fold_of_group[name] = fold
        sizes[fold] += count
    return np.fromiter((fold_of_group[name] for name in groups.tolist()), np.int64, count=len(groups))
