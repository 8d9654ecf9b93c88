"""Sessions of onnxruntime on the processor, as both encoders of texts and of images run them."""

from typing import Any

from joblib import effective_n_jobs


def open_session(model: str | bytes) -> Any:
    """Open a network: the path of an ONNX file, or its content."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = effective_n_jobs(-1)
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
