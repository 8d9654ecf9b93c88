"""
A rare digit, by a Keras network
================================

Of images of digits, 8 by 8 pixels, one in fifty is an eight. A small compiled Keras network looks
for them. It is fitted anew in each round. One eight is known.

``pip install "motherlode[tensorflow,plot]"`` brings what is needed.
"""

# %%
# The images, in [0, 1], with most eights left out.

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from motherlode import ActiveLearner, Pool
from motherlode.models.keras import KerasClassifier

X, digit = load_digits(return_X_y=True)
eights, others = np.flatnonzero(digit == 8), np.flatnonzero(digit != 8)
rows = np.random.default_rng(0).permutation(np.concatenate([eights[: len(others) // 50], others]))
X, rare = (X[rows] / 16).astype(np.float32), digit[rows] == 8

# %%
# The network. A compiled Keras model can be given as it is; here it is wrapped to set the number of
# epochs.

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
model = KerasClassifier(network, epochs=15, weights="new")

# %%
# The search: 80 labels, 20 at a time.

truth = np.where(rare, "eight", "other")
learner = ActiveLearner(Pool(X), ["other", "eight"], model, minority="eight", seed=0)
learner.teach([int(np.flatnonzero(rare)[0])], ["eight"])
for _ in range(4):
    query = learner.query(20)
    learner.teach(query, truth[query.rows])
found = learner.labelled[0][learner.labelled[1] == "eight"]
by_chance = 80 * rare.mean()
print(f"80 labels: {len(found) - 1} of {rare.sum() - 1} eights; {by_chance:.1f} by chance")

# %%
# The eights, in the order in which they were found.

figure, panels = plt.subplots(2, 9, figsize=(9, 2.2), layout="constrained")
for axes in panels.flat:
    axes.axis("off")
for axes, row in zip(panels.flat, found, strict=False):
    axes.imshow(X[row].reshape(8, 8), cmap="gray_r")
plt.show()
