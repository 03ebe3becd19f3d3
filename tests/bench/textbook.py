"""The peer that is always there: networks as a textbook writes them in NumPy.

Rows are examples, every line makes new arrays, nothing is tuned. Do not make it faster: it is the yardstick.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench import datasets

Array = NDArray[np.floating]


def epoch(step: Callable[[Array, NDArray], object], x: Array, y: NDArray, batch: int) -> None:
    """Shuffle, and take one step per mini-batch."""
    order = np.random.permutation(len(x))
    for start in range(0, len(x), batch):
        rows = order[start : start + batch]
        step(x[rows], y[rows])


class TanhNetwork:
    """Tanh in every layer, mean squared loss, gradient descent."""

    def __init__(self, sizes: tuple[int, ...], lr: float) -> None:
        layers = datasets.weights(sizes)
        self.W = [w.T.copy() for w, _ in layers]
        self.b = [b for _, b in layers]
        self.lr = lr

    def activations(self, x: Array) -> list[Array]:
        a = [x]
        for W, b in zip(self.W, self.b, strict=True):
            a.append(np.tanh(a[-1] @ W + b))
        return a

    def loss(self, x: Array, y: Array) -> float:
        return float(np.mean((self.activations(x)[-1] - y) ** 2))

    def step(self, x: Array, y: Array) -> float:
        a = self.activations(x)
        loss = np.mean((a[-1] - y) ** 2)
        delta = 2 * (a[-1] - y) / len(x) * (1 - a[-1] ** 2)
        for i in reversed(range(len(self.W))):
            dW, db = a[i].T @ delta, delta.sum(axis=0)
            if i > 0:
                delta = delta @ self.W[i].T * (1 - a[i] ** 2)
            self.W[i] -= self.lr * dW
            self.b[i] -= self.lr * db
        return float(loss)


@dataclass
class Walker:
    """Walks on a function by one of the usual optimizers and keeps every point."""

    kind: str
    lr: float = 1.0

    def walk(self, gradient: Callable[[Array], Array], start: Array, steps: int) -> Array:
        p = np.array(start)
        self.m, self.v, self.largest, self.t = np.zeros_like(p), np.zeros_like(p), np.zeros_like(p), 0
        path = [p]
        for _ in range(steps):
            p = p - self.change(gradient(p))
            path.append(p)
        return np.array(path)

    def change(self, g: Array) -> Array:
        self.t += 1
        if self.kind == "sgd":
            return self.lr * g
        if self.kind == "momentum":
            self.v = 0.9 * self.v + g
            return self.lr * self.v
        if self.kind == "nesterov":
            self.v = 0.9 * self.v + g
            return self.lr * (g + 0.9 * self.v)
        if self.kind == "adagrad":
            self.v = self.v + g**2
            return self.lr * g / (np.sqrt(self.v) + 1e-10)
        if self.kind == "rmsprop":
            self.v = 0.9 * self.v + 0.1 * g**2
            return self.lr * g / (np.sqrt(self.v) + 1e-8)
        if self.kind == "adadelta":
            self.v = 0.9 * self.v + 0.1 * g**2
            dx = np.sqrt(self.m + 1e-6) / np.sqrt(self.v + 1e-6) * g
            self.m = 0.9 * self.m + 0.1 * dx**2
            return self.lr * dx
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g**2
        if self.kind == "amsgrad":
            self.largest = np.maximum(self.largest, self.v)
        v = self.largest if self.kind == "amsgrad" else self.v
        m_hat, v_hat = self.m / (1 - 0.9**self.t), v / (1 - 0.999**self.t)
        return self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


def rosenbrock_gradient(p: Array) -> Array:
    """Return the gradient of (1 − x)² + 100 (y − x²)² at points (2, …)."""
    x, y = p
    return np.array([2 * (x - 1) - 400 * x * (y - x**2), 200 * (y - x**2)])


class ReluClassifier:
    """ReLU layers, softmax with cross-entropy, Adam."""

    def __init__(self, sizes: tuple[int, ...], lr: float = 0.001, dtype: str = "float32") -> None:
        layers = datasets.weights(sizes, dtype)
        self.parameters = [array for w, b in layers for array in (w.T.copy(), b)]
        self.m = [np.zeros_like(p) for p in self.parameters]
        self.v = [np.zeros_like(p) for p in self.parameters]
        self.lr, self.t, self.dtype = lr, 0, dtype

    def gradients(self, x: Array, y: NDArray[np.int64]) -> tuple[float, list[Array]]:
        W, b = self.parameters[::2], self.parameters[1::2]
        a = [x]
        for i in range(len(W)):
            z = a[-1] @ W[i] + b[i]
            a.append(np.maximum(z, 0) if i < len(W) - 1 else np.exp(z - z.max(axis=1, keepdims=True)))
        p = a[-1] / a[-1].sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(y)), y]).mean()
        delta = p.copy()
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        found: list[Array] = []
        for i in reversed(range(len(W))):
            found = [a[i].T @ delta, delta.sum(axis=0), *found]
            if i > 0:
                delta = delta @ W[i].T * (a[i] > 0)
        return float(loss), found

    def loss(self, x: Array, y: NDArray[np.int64]) -> float:
        W, b = self.parameters[::2], self.parameters[1::2]
        a = x
        for i in range(len(W)):
            a = a @ W[i] + b[i]
            if i < len(W) - 1:
                a = np.maximum(a, 0)
        a = np.exp(a - a.max(axis=1, keepdims=True))
        p = a / a.sum(axis=1, keepdims=True)
        return float(-np.log(p[np.arange(len(y)), y]).mean())

    def step(self, x: Array, y: NDArray[np.int64]) -> float:
        loss, gradients = self.gradients(x, y)
        self.t += 1
        for i, g in enumerate(gradients):
            self.m[i] = 0.9 * self.m[i] + 0.1 * g
            self.v[i] = 0.999 * self.v[i] + 0.001 * g**2
            m_hat = self.m[i] / (1 - 0.9**self.t)
            v_hat = self.v[i] / (1 - 0.999**self.t)
            self.parameters[i] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)
        return loss
