"""Small networks of both frameworks, wrapped alike."""

import keras
import numpy as np
from torch import nn

from motherlode.models.keras import KerasClassifier
from motherlode.models.torch import TorchClassifier

FRAMEWORKS = ("keras", "torch")


def dense_keras(d=4, outputs=2, activation="softmax", loss=None, dropout=0.5, eager=True):
    """Eager by default: a graph takes longer to trace than such a network to train."""
    network = keras.Sequential(
        [
            keras.Input((d,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(outputs, activation=activation),
        ]
    )
    usual = "sparse_categorical_crossentropy" if outputs > 1 else "binary_crossentropy"
    network.compile(keras.optimizers.Adam(0.05), loss or usual, run_eagerly=eager)
    return network


def dense_torch(d=4, outputs=2, dropout=0.5):
    return nn.Sequential(nn.Linear(d, 8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, outputs))


def classifier(framework, d=4, outputs=2, *, dropout=0.5, eager=True, **settings):
    settings = {"epochs": 3, "batch_size": 32, "random_state": 0, "weights": "new"} | settings
    if framework == "keras":
        head = "softmax" if outputs > 1 else "sigmoid"
        network = dense_keras(d, outputs, head, dropout=dropout, eager=eager)
        return KerasClassifier(network, **settings)
    return TorchClassifier(dense_torch(d, outputs, dropout=dropout), lr=0.05, **settings)


def bells(sizes=(60, 20), seed=0, gap=3.0):
    """Two or three clusters of four features, and their codes."""
    rng = np.random.default_rng(seed)
    centres = gap * np.eye(4)[: len(sizes)]
    X = np.concatenate([rng.normal(c, 1.0, (n, 4)) for c, n in zip(centres, sizes, strict=True)])
    order = rng.permutation(len(X))
    return X[order], np.repeat(np.arange(len(sizes)), sizes)[order]
