"""Lines that come again, as one `repeat`."""

from dataclasses import replace

from recipe.compiler.from_keras.items import Item, Items

MIN_SAVED = 3  # lines; a shorter repetition is clearer written out


def folded(items: Items) -> Items:
    """Lines with equal neighbours folded, inside first."""
    inner = tuple(replace(item, bodies=tuple(map(folded, item.bodies))) for item in items)
    shapes = [item.shape for item in inner]
    found: list[Item] = []
    index = 0
    while index < len(inner):
        period, times = _best(inner, shapes, index)
        if times > 1:
            starts = range(index, index + period * times, period)
            turns = tuple(inner[start : start + period] for start in starts)
            found.append(Item("repeat", {"times": times}, bodies=turns))
        else:
            found.append(inner[index])
        index += period * times
    return tuple(found)


def _best(items: Items, shapes: list[tuple[object, ...]], start: int) -> tuple[int, int]:
    """How many lines from `start` come again, and how often, so that the most lines are saved."""
    best, most_saved = (1, 1), MIN_SAVED - 1
    for period in range(1, (len(items) - start) // 2 + 1):
        times = 1
        while shapes[start : start + period] == shapes[start + times * period : start + (times + 1) * period]:
            times += 1
        saved = (times - 1) * sum(item.num_lines for item in items[start : start + period]) - 1
        if times > 1 and saved > most_saved:
            best, most_saved = (period, times), saved
    return best
