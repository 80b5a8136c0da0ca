"""Layers inside layers: names of their own, and the dtype of the run."""

from tests.program.programs import network

CELLS = "{StackedRNNCells: {cells: [{LSTMCell: 4}, {GRUCell: 3}, {LSTMCell: 2}]}}"
LAYERS = f"- op: {{reshape: {{newshape: [8, 8]}}}}\n- RNN: {{cell: {CELLS}}}\n- Bidirectional: {{LSTM: 3}}"


def test_every_inner_layer_has_a_name_and_equals_are_numbered():
    cells = network(LAYERS).layers["rnn"]["cell"]
    assert cells["name"] == "stacked_rnn_cells"
    assert [cell["name"] for cell in cells["cells"]] == ["lstm_cell", "gru_cell", "lstm_cell_1"]


def test_inner_layers_have_the_precision_of_the_run():
    built = network(LAYERS, more="runtime: {precision: mixed_bfloat16}\n")
    cells = built.layers["rnn"]["cell"]["cells"]
    assert {cell["dtype"] for cell in cells} == {"mixed_bfloat16"}
    assert built.layers["bidirectional"]["layer"]["dtype"] == "mixed_bfloat16"
