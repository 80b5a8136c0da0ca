"""One source divided into training, validation and test: a pure function of the seed.

Whatever the method, the test is chosen first, so that a validation set that is added later leaves it as it
is; and the rows of every part keep their order, since the order of an epoch is drawn anew anyway.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from recipe.data.cells import in_natural_order
from recipe.data.folds import assign
from recipe.data.order import permutation
from recipe.data.tables import Rows, Texts
from recipe.data.times import Times, by_time
from recipe.diagnostics.data_splits import EmptyPart, SplitTooLarge, TooFewGroups, TooFewOfClass
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.plans import Split

Parts = Mapping[str, Rows]
"""Rows by part: `train`, and `validation` and `test` if they are asked for; ascending, disjoint, all rows."""


def divide(
    count: int,
    split: Split,
    seed: int,
    keys: Texts | None,
    problems: list[Problem],
    times: Times | None = None,
) -> Parts | None:
    """Divide rows at random, by class, by group, by time, or into folds.

    Args:
        count: number of rows.
        split: the shares, and how they are met.
        seed: derived for the role `split`.
        keys: with `split.group` the group of every row: equal ones stay in one part, and the shares are met
            as nearly as whole groups allow; with `split.stratified` the class of every row; else not read.
        problems: R548, R550 to R554 and R587 are appended.
        times: with `split.time` when every row was.

    Returns:
        Rows by part; None after a Problem.
    """
    if split.folds:
        return _by_fold(count, split, seed, keys, problems)
    sizes = sizes_of(count, split, problems)
    if sizes is None:
        return None
    if times is not None:
        return by_time(times, sizes, split, problems)
    order = permutation(seed, count)
    if split.group is not None and keys is not None:
        return _by_group(order, keys, sizes, split, problems)
    if split.stratified and keys is not None:
        return _by_class(order, keys, sizes, split.span, problems)
    return _cut(order, sizes)


def _by_fold(
    count: int, split: Split, seed: int, keys: Texts | None, problems: list[Problem]
) -> Parts | None:
    """The rows of one fold are the test; the others are divided as if they were all."""
    fold_of = assign(permutation(seed, count), keys, split, problems)
    if fold_of is None:
        return None
    held_out = fold_of == max(split.fold, 1) - 1
    rest = np.flatnonzero(~held_out)
    inner = replace(split, folds=0, validation=_number(split.validation, count))
    if split.validation and not inner.validation:
        problems.append(EmptyPart(split.span, "validation", split.validation, count))
        return None
    parts = divide(len(rest), inner, seed, None if keys is None else keys[rest], problems)
    if parts is None:
        return None
    return _in_order({**{part: rest[rows] for part, rows in parts.items()}, "test": np.flatnonzero(held_out)})


def _number(share: float | int, count: int) -> int:
    """The examples of a share."""
    return math.floor(share * count + 0.5) if isinstance(share, float) else share


def sizes_of(count: int, split: Split, problems: list[Problem]) -> dict[str, int] | None:
    """Examples of the test and the validation, those that are asked for."""
    shares = {
        part: share for part, share in (("test", split.test), ("validation", split.validation)) if share
    }
    sizes = {part: _number(share, count) for part, share in shares.items()}
    if sum(sizes.values()) >= count or split.takes_all:
        problems.append(SplitTooLarge(split.span, split.validation, split.test, count))
        return None
    empty = [part for part, size in sizes.items() if size == 0]
    for part in empty:
        problems.append(EmptyPart(split.span, part, shares[part], count))
    return None if empty else sizes


def _cut(order: Rows, sizes: Mapping[str, int]) -> Parts:
    parts: dict[str, Rows] = {}
    start = 0
    for part, size in sizes.items():
        parts[part] = np.sort(order[start : start + size])
        start += size
    return _in_order({"train": np.sort(order[start:]), **parts})


def _named(parts: Iterable[str]) -> tuple[str, ...]:
    """The training and other parts as people list them."""
    given = {"train", *parts}
    return tuple(part for part in ("train", "validation", "test") if part in given)


def _in_order(parts: Parts) -> Parts:
    return {part: parts[part] for part in _named(parts)}


def _by_class(
    order: Rows, labels: Texts, sizes: Mapping[str, int], span: Span | None, problems: list[Problem]
) -> Parts | None:
    """Every part gets its share of every class; what rounding leaves goes to the largest remainders."""
    names = in_natural_order(labels.tolist())
    rows = {name: order[labels[order] == name] for name in names}
    counts = [len(rows[name]) for name in names]
    parts = _named(sizes)
    rare = [name for name, count in zip(names, counts, strict=True) if count < len(parts)]
    for name in rare:
        problems.append(TooFewOfClass(span, name, len(rows[name]), parts))
    if rare:
        return None
    chosen: dict[str, list[Rows]] = {part: [] for part in parts}
    used = [0] * len(names)
    for part, size in sizes.items():
        # One example of every class is left for training, whatever the shares.
        free = [count - taken - 1 for count, taken in zip(counts, used, strict=True)]
        amounts = largest_remainder(size, counts, free)
        if amounts is None:
            rarest = min(names, key=lambda name: len(rows[name]))
            problems.append(TooFewOfClass(span, rarest, len(rows[rarest]), parts))
            return None
        for index, name in enumerate(names):
            chosen[part].append(rows[name][used[index] : used[index] + amounts[index]])
            used[index] += amounts[index]
    chosen["train"] = [rows[name][taken:] for name, taken in zip(names, used, strict=True)]
    return _in_order({part: np.sort(np.concatenate(pieces)) for part, pieces in chosen.items()})


def largest_remainder(total: int, weights: Sequence[int], capacity: Sequence[int]) -> list[int] | None:
    """Whole numbers that sum to a total, as near to the shares of the weights as whole numbers can be.

    Args:
        total: to divide.
        weights: at least one of them positive.
        capacity: the most that each may get.

    Returns:
        One number for each weight; None when the capacities do not hold the total. Equal remainders go to the
        first.

    >>> largest_remainder(10, [34, 33, 33], [99, 99, 99])
    [4, 3, 3]
    """
    if sum(capacity) < total:
        return None
    whole = sum(weights)
    amounts = [min(total * weight // whole, most) for weight, most in zip(weights, capacity, strict=True)]
    by_remainder = sorted(range(len(weights)), key=lambda index: -(total * weights[index] % whole))
    while sum(amounts) < total:
        for index in by_remainder:
            if amounts[index] < capacity[index] and sum(amounts) < total:
                amounts[index] += 1
    return amounts


def _by_group(
    order: Rows, groups: Texts, sizes: Mapping[str, int], split: Split, problems: list[Problem]
) -> Parts | None:
    """Groups in random order; a part takes the next one as long as that brings it nearer to its size."""
    shuffled = list(dict.fromkeys(groups[order].tolist()))
    if len(shuffled) < len(sizes) + 1:
        problems.append(TooFewGroups(split.span, str(split.group), len(shuffled), _named(sizes)))
        return None
    number_of = {group: index for index, group in enumerate(shuffled)}
    numbers = np.fromiter((number_of[group] for group in groups.tolist()), dtype=np.int64, count=len(groups))
    num_rows = np.bincount(numbers).tolist()
    part_of = np.full(len(shuffled), "train", dtype=np.object_)
    free = list(range(len(shuffled)))
    for position, (part, size) in enumerate(sizes.items()):
        others = len(sizes) - position  # parts that still need a group: the training and the later ones
        taken = _nearest_groups(free, num_rows, size)[: len(free) - others]
        part_of[taken] = part
        free = [group for group in free if group not in set(taken)]
    return _in_order({part: np.flatnonzero(part_of[numbers] == part) for part in ("train", *sizes)})


def _nearest_groups(free: Sequence[int], num_rows: Sequence[int], size: int) -> list[int]:
    """The groups for one part, at least one."""
    taken: list[int] = []
    filled = 0
    for group in free:
        if abs(size - filled - num_rows[group]) < abs(size - filled):
            taken.append(group)
            filled += num_rows[group]
    return taken or [min(free, key=lambda group: num_rows[group])]
