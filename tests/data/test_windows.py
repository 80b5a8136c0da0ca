import numpy as np

from recipe.data.order import epoch_rows
from recipe.data.windows import Windows, each_once

TEXT = np.arange(100, 123)
WINDOWS = Windows(TEXT, np.array([0, 5, 10]), 5)


def test_windows_are_those_that_numpy_cuts():
    expected = np.lib.stride_tricks.sliding_window_view(TEXT, 5)
    assert np.array_equal(WINDOWS[:], expected[[0, 5, 10]])
    assert np.array_equal(WINDOWS[np.array([2, 0])], expected[[10, 0]])
    assert np.array_equal(WINDOWS.later(1)[:], expected[[1, 6, 11]])
    assert np.array_equal(WINDOWS.take(np.array([1]))[:], expected[[5]])
    assert WINDOWS.shape == WINDOWS[:].shape


def test_windows_of_several_columns_keep_them():
    series = np.arange(60).reshape(20, 3)
    windows = Windows(series, np.arange(10), 4)
    expected = np.lib.stride_tricks.sliding_window_view(series, 4, axis=0)[:10].transpose(0, 2, 1)
    assert np.array_equal(windows[:], expected)


def test_a_value_that_lies_in_a_window_is_counted_once_and_others_are_not():
    overlapping = Windows(TEXT, np.array([2, 4, 14]), 4)
    assert each_once(overlapping).tolist() == [102, 103, 104, 105, 106, 107, 114, 115, 116, 117]


def test_an_epoch_covers_the_text_once_and_the_next_cuts_it_elsewhere():
    seen = []
    for epoch in range(8):
        rows = epoch_rows(7, epoch, len(WINDOWS), shifts=5)
        starts = np.sort(WINDOWS[rows][:, 0]) - TEXT[0]
        assert np.array_equal(np.diff(starts), [5, 5])
        assert np.array_equal(rows, epoch_rows(7, epoch, len(WINDOWS), shifts=5))
        seen.append(int(starts[0]))
    assert len(set(seen)) > 3
    assert set(seen) <= set(range(5))
