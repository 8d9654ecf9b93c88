"""A network of some framework, as the classifier that trains and asks it sees it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Lock, get_ident
from typing import Any

import numpy as np

from ..._rows.arrays import Codes, Floats
from ...errors import InputError, first_line

_WATCHING = Lock()
Weighed = tuple[Floats, Codes, Floats]  # rows, their classes and what each weighs


@contextmanager
def reading(X: Floats) -> Iterator[None]:
    """Say in a sentence that a network fails on the first rows that it is given."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # of a framework, or of a layer that somebody wrote
        raise InputError(
            f"The network fails on rows of shape {X.shape} of {X.dtype} "
            f"({first_line(error).rstrip('.')}); begin it with layers that read such rows."
        ) from error


@dataclass(frozen=True)
class Masks:
    """One draw of all dropout masks of a network, the same for every row and every block.

    With a mask for each row a member would be another network for each row; EPIG asks what two
    rows say *together*, and a pool on disk must get the answers of one in memory.

    References
    ----------
    Kirsch, van Amersfoort & Gal (2019), BatchBALD, NeurIPS, section 3.2 (consistent masks).
    """

    seed: int

    def __call__(self, layer: int, shape: tuple[int, ...], rate: float) -> Floats:
        """Draw the mask of a layer, for one row of that shape: 0, or one over the share kept."""
        rng = np.random.default_rng([self.seed, layer])
        return ((rng.random(shape) >= rate) / (1.0 - rate)).astype(np.float32)


class Network:
    """A copy of the network that was handed in, which its framework trains.

    A framework's own class adds, as `torch_network.TorchNetwork` does:

    - ``from_logits``, whether outputs are logits and no probabilities;
    - ``held_out(X, codes, arguments, rng)``, positions to train on and to hold out: all and none
      where a class has too few rows, None if nobody asked for it;
    - ``fit(settings, objective, seed, rows, batches, held, arguments)``, the framework's own fit,
      with a history and the loss of each epoch; rows come with their classes and weights;
    - ``weights()`` and ``restore(weights)``;
    - ``_outputs(X)``, as in prediction, of shape (n, units);
    - ``_layers(kind)``, the layers that are "dense" or "dropout";
    - ``_watch(layer, change)``, which lets a layer answer with what ``change`` makes of what it
      reads and gives, until the function that comes back is called;
    - ``_dropped(layer, outputs, mask)``, outputs times a mask, drawn for a shape and a rate;
    - ``_numpy(tensor)``.
    """

    batch_size: int = 32  # where the arguments of a fit name none; -1 for all rows
    _outputs: Any
    _layers: Any
    _watch: Any
    _dropped: Any
    _numpy: Any

    @property
    def dropouts(self) -> int:
        """How many dropout layers there are."""
        return len(self._layers("dropout"))

    def forward(
        self, X: Floats, *, masks: Masks | None = None, tap: bool = False
    ) -> tuple[Floats, Floats | None]:
        """Return outputs of shape (n, units), and with `tap` what the last dense layer reads."""
        if masks is None and not tap:
            return self._outputs(X), None
        with _WATCHING, self._watched(masks) as read:
            outputs = self._outputs(X)
        if tap and not read:
            raise InputError("The network has no dense layer whose input could be its embedding.")
        return outputs, self._numpy(read[-1]).reshape(len(outputs), -1) if tap else None

    @contextmanager
    def _watched(self, masks: Masks | None) -> Iterator[list[Any]]:
        """Let dropout layers apply masks, and dense layers note what they read, in this thread."""
        read: list[Any] = []
        drawn: Any = masks
        thread = get_ident()

        def note(inputs: Any, outputs: Any) -> Any:
            read[:] = [inputs]
            return outputs

        def here(change: Callable[[Any, Any], Any], inputs: Any, outputs: Any) -> Any:
            return change(inputs, outputs) if get_ident() == thread else outputs

        def drop(place: int, layer: Any, inputs: Any, outputs: Any) -> Any:
            return self._dropped(layer, outputs, partial(drawn, place))

        changes = [(layer, note) for layer in self._layers("dense")]
        if masks is not None:
            dropouts = enumerate(self._layers("dropout"))
            changes += [(layer, partial(drop, place, layer)) for place, layer in dropouts]
        undo = [self._watch(layer, partial(here, change)) for layer, change in changes]
        try:
            yield read
        finally:
            for back in undo:
                back()
