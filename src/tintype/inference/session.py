# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime, and nothing of photographs: open a network's file, check it, run it.

ONNX Runtime computes every output of a graph, wanted or not (its option that says otherwise works
in builds for training only). So each set of outputs that is asked for gets the network cut down to
it, opened when it is first wanted; the chroma alone, which is nearly always enough, at once.

Threads do not spin while they wait for work, so that a folder job's decoders and encoders get the
CPU between two photographs; the price is a few microseconds at every wake-up.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import ModelError, OptionError
from tintype.inference.devices import AUTO, PROVIDERS, choose_device
from tintype.inference.runtime import ort, ort_errors
from tintype.spec.model import CHROMA, GREY, HINTS, LOOKS, OTHERS, TEMPERATURE, ModelSpec
from tintype.spec.models import read_model
from tintype.spec.onnx import keep_outputs

_SILENT = 4  # log severity: nothing but a crash; what fails comes back as an exception
_SIBLINGS = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"
_PROVIDER_OPTIONS: dict[str, dict[str, str]] = {
    "cuda": {"cudnn_conv_algo_search": "HEURISTIC"},  # the default tries all at each new size
}
_CANNOT_OPEN = (  # ONNX Runtime's errors have no base of their own
    ort_errors.EPFail,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)
_CANNOT_RUN = (ort_errors.EPFail, ort_errors.Fail, ort_errors.RuntimeException)


class Session:
    """One network's file, open on one device; threads may share it.

    Args:
        spec: which network.
        device: a key of :data:`tintype.inference.devices.PROVIDERS`, or ``auto``.
        threads: CPU threads of one run; by default one for each core that the process may use.

    Attributes:
        device: where the network really runs.
        features: channels of what one look hands to another; 0 where it looks but once.

    Raises:
        OptionError: there is no such device here.
        ModelError: the network's file is missing, altered, or not what its spec says.
    """

    def __init__(self, spec: ModelSpec, *, device: str, threads: int | None) -> None:
        self.device = choose_device(device, ort.get_available_providers())
        self._spec = spec
        self._network = read_model(spec)
        self._threads = threads or _usable_cores()
        self._opening = Lock()
        self._opened: dict[frozenset[str], Any] = {}
        started = self._open(frozenset({CHROMA})).get_providers()[0]
        if started != PROVIDERS[self.device]:  # ONNX Runtime fell back by itself
            if device != AUTO:
                raise OptionError(
                    f"device {device} is in the ONNX Runtime installed here but does not start; "
                    f"install its driver and libraries, or choose cpu"
                )
            self.device = "cpu"
        shapes = {each.name: each.shape for each in self._open(frozenset({CHROMA})).get_inputs()}
        self.features = int(shapes[OTHERS][1]) if spec.looks else 0

    def run(
        self, names: Sequence[str], feeds: Mapping[str, NDArray[np.float32]]
    ) -> dict[str, NDArray[np.float32]]:
        """Compute the named outputs, and nothing that only others need.

        Raises:
            ModelError: the network has no such output, or failed, mostly for want of memory.
        """
        options = ort.RunOptions()
        options.log_severity_level = _SILENT
        try:
            outputs = self._open(frozenset(names)).run(list(names), dict(feeds), options)
        except _CANNOT_RUN as error:
            height, width = feeds[GREY].shape[-2:]
            raise ModelError(
                f"the network {self._spec.name} failed on {width} x {height} pixels; "
                f"a smaller size takes less memory. ONNX Runtime says: {error}"
            ) from error
        return dict(zip(names, outputs, strict=True))

    def _open(self, outputs: frozenset[str]) -> Any:
        """ONNX Runtime's session of the network that has these outputs and no others."""
        with self._opening:
            if outputs not in self._opened:
                network = keep_outputs(self._network, outputs, name=self._spec.file)
                session = _open(network, self._spec, self.device, self._threads)
                _check_tensors(session, self._spec, outputs)
                self._opened[outputs] = session
            return self._opened[outputs]


def _open(network: bytes, spec: ModelSpec, device: str, threads: int) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = _SILENT
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    providers = [(PROVIDERS[device], _PROVIDER_OPTIONS.get(device, {}))]
    if device != "cpu":
        providers.append((PROVIDERS["cpu"], {}))  # for the operators that the device lacks
    try:
        return ort.InferenceSession(network, options, providers=providers)
    except _CANNOT_OPEN as error:
        raise ModelError(
            f"ONNX Runtime {ort.__version__} cannot open the network {spec.name} ({spec.file}); "
            f"it says: {error}"
        ) from error


def _check_tensors(session: Any, spec: ModelSpec, outputs: frozenset[str]) -> None:
    """Raise :class:`ModelError` unless the graph's tensors are those that its spec promises."""
    takes = {tensor.name for tensor in session.get_inputs()}
    gives = {tensor.name for tensor in session.get_outputs()}
    expected = {GREY, TEMPERATURE, *([HINTS] if spec.hints else [])}
    expected |= {OTHERS, LOOKS} if spec.looks else set()
    if takes != expected or gives != outputs:
        raise ModelError(
            f"the network {spec.name} ({spec.file}) must take {', '.join(sorted(expected))} and "
            f"give {', '.join(sorted(outputs))}; it takes {', '.join(sorted(takes))} and gives "
            f"{', '.join(sorted(gives)) or 'none of these'}. Export it again"
        )


def _usable_cores() -> int:
    """Physical cores that this process may use; 0, where that is unknown, lets ONNX Runtime choose.

    In a container the process may have fewer than the machine, of which ONNX Runtime knows nothing.
    """
    if not hasattr(os, "sched_getaffinity"):  # macOS, Windows
        return 0
    cpus = os.sched_getaffinity(0)
    try:
        return len({Path(_SIBLINGS.format(cpu)).read_text() for cpu in cpus})
    except OSError:
        return len(cpus)
