import textwrap

import numpy as np

from recipe.report.seeds import seeds_table


def test_five_seeds_are_shown_with_mean_and_spread():
    rows = [
        (1, {"loss": 0.24, "accuracy": 0.93}),
        (2, {"loss": 0.25, "accuracy": 0.92}),
        (12, {"loss": 0.22, "accuracy": 0.94}),
    ]
    assert seeds_table(rows) == textwrap.dedent("""\
                   loss  accuracy
        seed 1   0.2400    0.9300
        seed 2   0.2500    0.9200
        seed 12  0.2200    0.9400
        mean     0.2367    0.9300
        spread   0.0153    0.0100
        spread: standard deviation of one seed, estimated from these
        """)


def test_mean_and_spread_agree_with_numpy():
    values = [0.911, 0.874, 0.902, 0.893, 0.925]
    lines = seeds_table([(seed, {"accuracy": value}) for seed, value in enumerate(values)]).splitlines()
    assert lines[-3].split()[-1] == f"{np.mean(values):.4f}"
    assert lines[-2].split()[-1] == f"{np.std(values, ddof=1):.4f}"


def test_one_seed_has_no_spread():
    assert seeds_table([(1, {"loss": 0.5})]) == "          loss\nseed 1  0.5000\n"
    assert seeds_table([]) == ""
