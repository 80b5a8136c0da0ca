import textwrap
from collections.abc import Callable
from pathlib import Path

from recipe.report.summary import summarize


def golden(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_a_stopped_run_reads_so(make_run: Callable[..., Path]):
    assert summarize(make_run(), width=100) == golden("""
        fashion: stopped after 3 of 30 epochs: val_accuracy has not risen for 1 epoch

          epoch 2    train  validation    test
          loss      0.2000      0.5000  0.5000
          accuracy  0.9500      0.8000  0.7900

          Overfitting: accuracy is 0.15 lower on the validation data than in training; more data,
          augmentation or regularization may help.

          best epoch  2, where val_accuracy was highest (0.8000)
          time        12 min 34 s, 5,210 examples/s
          parameters  272,474
          folder      runs/fashion/3
          files       model.keras, metrics.csv
        """)


def test_a_run_without_validation_and_test_reads_so(make_run: Callable[..., Path]):
    metrics = "epoch,step,learning_rate,seconds,loss\n1,10,0.1,1,0.5\n"
    changes = {"epochs": 1, "epochs_planned": 1, "stopped": None, "best": None, "test": None, "seconds": 3.14}
    assert summarize(make_run(metrics, **changes), width=80) == golden("""
        fashion: trained for 1 epoch

          epoch 1   train
          loss     0.5000

          time        3.1 s, 5,210 examples/s
          parameters  272,474
          folder      runs/fashion/3
          files       model.keras, metrics.csv
        """)


def test_a_run_in_its_first_epoch_has_no_table(make_run: Callable[..., Path]):
    run = make_run("epoch,loss\n", state="running", epochs=0, stopped=None, best=None, test=None)
    assert summarize(run, width=80).startswith("fashion: running, 0 of 30 epochs done\n\n  time ")


def test_a_failed_run_says_why(make_run: Callable[..., Path]):
    text = summarize(make_run(state="failed", stopped="the loss was nan at step 1,500"), width=80)
    assert text.startswith("fashion: failed after 3 of 30 epochs: the loss was nan at step 1,500\n")


def test_a_small_gap_is_not_spoken_of(make_run: Callable[..., Path]):
    metrics = "epoch,loss,accuracy,val_loss,val_accuracy\n2,0.2,0.85,0.9,0.8\n"
    assert "Overfitting" not in summarize(make_run(metrics), width=80)


def test_without_a_metric_to_raise_the_gap_of_the_loss_counts(make_run: Callable[..., Path]):
    metrics = "epoch,loss,val_loss\n1,0.4,0.5\n2,0.2,0.34\n"
    best = {"metric": "val_loss", "direction": "min", "epoch": 2, "value": 0.34}
    text = summarize(make_run(metrics, best=best, test=None), width=200)
    assert "loss is 1.7 times as high on the validation data as in training" in text
    assert "2, where val_loss was lowest (0.3400)" in text
    best_before = best | {"epoch": 1}
    assert "Overfitting" not in summarize(make_run(metrics, best=best_before, test=None), width=200)


def test_no_line_is_wider_than_asked(make_run: Callable[..., Path]):
    lines = summarize(make_run(), width=44).splitlines()
    assert max(map(len, lines)) <= 44


def test_many_metrics_still_fit_on_one_screen(make_run: Callable[..., Path]):
    names = [f"metric_{number}" for number in range(40)]
    metrics = f"epoch,loss,{','.join(names)}\n2,0.5,{','.join(['0.5'] * 40)}\n"
    text = summarize(make_run(metrics), width=80)
    assert "and 29 more in metrics.csv" in text
    assert len(text.splitlines()) <= 24
