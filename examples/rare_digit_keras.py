"""Find a digit that is one image in a hundred with a Keras network.

``python examples/rare_digit_keras.py digit.svg`` needs the extras ``tensorflow`` and
``plot``. The network is handed to the learner as it is, compiled; here it is wrapped to set the
number of epochs.
"""

import keras
from rare_digit import main

from motherlode.models.keras import KerasClassifier


def make_model(epochs: int) -> KerasClassifier:
    """Build a small compiled network of two classes."""
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(16, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    network.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    return KerasClassifier(network, epochs=epochs, weights="new")


if __name__ == "__main__":
    main(make_model, "A rare digit, one in 100, by a Keras network")
