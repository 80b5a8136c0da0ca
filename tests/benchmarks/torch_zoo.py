"""The networks of the step-time benchmark in plain PyTorch, and the loop that a tutorial would write."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tests.benchmarks.zoo import CLASSES, EPSILON, HEADS, VOCABULARY, WIDTH, Task

Values = Iterator[np.ndarray]
Weights = Mapping[str, np.ndarray]


def _set(parameter: Any, value: np.ndarray) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.ascontiguousarray(value)))


def dense(values: Values, inputs: int, outputs: int) -> nn.Linear:
    """A linear layer with the next kernel `(inputs, outputs)` and bias of Keras."""
    layer = nn.Linear(inputs, outputs)
    _set(layer.weight, next(values).reshape(inputs, outputs).T)
    _set(layer.bias, next(values).reshape(outputs))
    return layer


class Convolution(nn.Module):
    """A convolution with the padding that TensorFlow calls `same`, which is uneven for a stride of 2."""

    def __init__(self, values: Values, stride: int = 1, *, same: bool = True, bias: bool = False) -> None:
        super().__init__()
        kernel = next(values)
        size, _, inputs, outputs = kernel.shape
        even = stride == 1 and same
        self.layer = nn.Conv2d(inputs, outputs, size, stride, size // 2 if even else 0, bias=bias)
        self.pad = (0, 1, 0, 1) if stride == 2 and size == 3 else None
        _set(self.layer.weight, kernel.transpose(3, 2, 0, 1))
        if bias:
            _set(self.layer.bias, next(values))

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        return self.layer(functional.pad(value, self.pad) if self.pad else value)


class Residual(nn.Module):
    """Two convolutions with batch norm, and a projection where the stride is 2."""

    def __init__(self, first: nn.Module, second: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.first, self.second, self.shortcut = first, second, shortcut

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        changed = self.second(functional.relu(self.first(value)))
        return functional.relu(changed + self.shortcut(value))


class LastStep(nn.Module):
    """An LSTM's output after the last step."""

    def __init__(self, values: Values, inputs: int, units: int) -> None:
        super().__init__()
        self.layer = nn.LSTM(inputs, units, batch_first=True)
        _set(self.layer.weight_ih_l0, next(values).T)
        _set(self.layer.weight_hh_l0, next(values).T)
        _set(self.layer.bias_ih_l0, next(values))
        # PyTorch has two biases that are added; one of them trained is what Keras has.
        _set(self.layer.bias_hh_l0, np.zeros(4 * units, np.float32))
        self.layer.bias_hh_l0.requires_grad_(False)

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        return self.layer(value)[0][:, -1]


class Block(nn.Module):
    """A pre-norm transformer block with fused causal attention."""

    def __init__(self, values: Values) -> None:
        super().__init__()
        self.norm = norm(values)
        self.query, self.key, self.value, self.output = (dense(values, WIDTH, WIDTH) for _ in range(4))
        self.second_norm = norm(values)
        self.up, self.down = dense(values, WIDTH, 4 * WIDTH), dense(values, 4 * WIDTH, WIDTH)

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        normal = self.norm(value)
        heads = [
            layer(normal).unflatten(-1, (HEADS, WIDTH // HEADS)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        ]
        mixed = functional.scaled_dot_product_attention(*heads, is_causal=True)
        value = value + self.output(mixed.transpose(1, 2).flatten(2))
        return value + self.down(functional.gelu(self.up(self.second_norm(value))))


class Embeddings(nn.Module):
    """Token and position embeddings, added."""

    def __init__(self, tokens: np.ndarray, positions: np.ndarray) -> None:
        super().__init__()
        self.tokens = nn.Embedding.from_pretrained(torch.from_numpy(tokens), freeze=False)
        self.positions = nn.Embedding.from_pretrained(torch.from_numpy(positions), freeze=False)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.tokens(tokens) + self.positions(torch.arange(tokens.shape[1]))


def norm(values: Values) -> nn.LayerNorm:
    """A layer norm with the next scale and shift, and Keras's epsilon."""
    layer = nn.LayerNorm(WIDTH, eps=1e-3)
    _set(layer.weight, next(values))
    _set(layer.bias, next(values))
    return layer


def normalized(kernel: np.ndarray, stride: int = 1) -> nn.Module:
    """A convolution and batch norm with Keras's epsilon and momentum; its values begin alike in both."""
    normalization = nn.BatchNorm2d(kernel.shape[-1], eps=1e-3, momentum=0.01)
    return nn.Sequential(Convolution(iter([kernel]), stride), normalization)


class Flatten(nn.Module):
    """Flattens with channels last, as Keras does."""

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        return value.permute(0, 2, 3, 1).flatten(1)


def mlp(weights: Weights) -> nn.Module:
    """784-64-10."""
    values = iter(weights.values())
    return nn.Sequential(dense(values, 784, 64), nn.ReLU(), dense(values, 64, CLASSES))


def cnn(weights: Weights) -> nn.Module:
    """Two convolutions."""
    values, layers = iter(weights.values()), []
    for _ in range(2):
        layers += [Convolution(values, same=False, bias=True), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, Flatten(), dense(values, 1600, CLASSES))


def resnet20(weights: Weights) -> nn.Module:
    """Three stages of three residual blocks."""

    def kernel(name: str) -> np.ndarray:
        return weights[f"{name}/kernel"]

    layers: list[nn.Module] = [normalized(kernel("stem")), nn.ReLU()]
    for stage in range(3):
        for block in range(3):
            here, stride = f"{stage}.{block}", 2 if stage and not block else 1
            first = normalized(kernel(f"{here}.first"), stride)
            second = normalized(kernel(f"{here}.second"))
            shortcut = normalized(kernel(f"{here}.shortcut"), 2) if stride == 2 else nn.Identity()
            layers.append(Residual(first, second, shortcut))
    head = dense(iter(list(weights.values())[-2:]), 64, CLASSES)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


def lstm(weights: Weights) -> nn.Module:
    """One recurrent layer of 64 units."""
    values = iter(weights.values())
    return nn.Sequential(LastStep(values, 16, 64), dense(values, 64, CLASSES))


def transformer(weights: Weights) -> nn.Module:
    """Two blocks."""
    values = iter(weights.values())
    embeddings = Embeddings(next(values), next(values))
    blocks = (Block(values), Block(values))
    return nn.Sequential(embeddings, *blocks, norm(values), dense(values, WIDTH, VOCABULARY))


BUILDERS: Mapping[str, Callable[[Weights], nn.Module]] = {
    "mlp-32": mlp,
    "mlp-128": mlp,
    "cnn": cnn,
    "resnet-20": resnet20,
    "lstm": lstm,
    "transformer": transformer,
}


class Loop:
    """The loop of a tutorial, over tensors in memory.

    Args:
        task: what is trained.
        weights: of the Keras model, by path, in its order.
        half: whether layers compute in bfloat16.
    """

    def __init__(self, task: Task, weights: Weights, *, half: bool = False) -> None:
        self.task, self.half = task, half
        self.model = BUILDERS[task.name](weights).train()
        inputs, targets = task.data()
        images = inputs.ndim == 4
        self.inputs = torch.from_numpy(inputs.transpose(0, 3, 1, 2).copy() if images else inputs)
        self.targets = torch.from_numpy(targets).long()
        trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = (
            torch.optim.SGD(trained, task.rate, momentum=0.9)
            if task.momentum
            else torch.optim.Adam(trained, task.rate, eps=EPSILON)
        )

    def epoch(self) -> tuple[float, float]:
        """Seconds and mean loss of one pass."""
        losses, correct = torch.zeros(()), torch.zeros((), dtype=torch.long)
        started = time.perf_counter()
        for start in range(0, len(self.inputs), self.task.batch):
            inputs = self.inputs[start : start + self.task.batch]
            targets = self.targets[start : start + self.task.batch].flatten()
            self.optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
                outputs = self.model(inputs).flatten(0, -2)
            loss = functional.cross_entropy(outputs.float(), targets)
            loss.backward()
            self.optimizer.step()
            losses += loss.detach()
            correct += (outputs.detach().argmax(-1) == targets).sum()
        mean = float(losses) / self.task.steps
        return time.perf_counter() - started, mean
