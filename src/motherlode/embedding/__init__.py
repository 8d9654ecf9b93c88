"""Texts and images as vectors: encoders, and the step that puts one before a model."""

from ._efficientnet import EfficientNet, SketchedNet
from ._encoding import Embedding, Vectors, embedding_of
from ._images import Hog, Pixels, Sketch, image_files
from ._onnx import OnnxText, minilm
from ._universal import UniversalSentence

__all__ = [
    "EfficientNet",
    "Embedding",
    "Hog",
    "OnnxText",
    "Pixels",
    "Sketch",
    "SketchedNet",
    "UniversalSentence",
    "Vectors",
    "embedding_of",
    "image_files",
    "minilm",
]
