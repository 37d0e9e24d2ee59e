# SPDX-License-Identifier: Apache-2.0
"""From what a caller writes to the candidate that it means.

=====================================  =============================================================
``tintype-s``                          a network of the table of models
``path/to/network.onnx``               a network that tintype exported
``RECIPE@runs/RECIPE/last.ckpt``       a training checkpoint; without ``RECIPE@`` the folder's name
``path/to/folder``                     the results of any program
``NAME=`` before any of these          what the tables shall call it
=====================================  =============================================================
"""

from collections.abc import Sequence
from pathlib import Path

from tintype.errors import OptionError
from tintype.evaluate.candidates import Candidate, Network
from tintype.evaluate.checkpoints import open_checkpoint
from tintype.evaluate.photographs import Subject
from tintype.evaluate.results import Results
from tintype.inference.devices import AUTO
from tintype.inference.engine import Engine
from tintype.spec.models import MODELS, find_model
from tintype.spec.options import DEFAULTS, ColorizeOptions

_CHECKPOINT_SIZE = 256  # pixels: what a network in training sees unless told otherwise


def open_candidate(
    text: str,
    subjects: Sequence[Subject],
    options: ColorizeOptions = DEFAULTS,
    *,
    device: str = AUTO,
    threads: int | None = 1,
) -> Candidate:
    """Open a candidate.

    Args:
        text: what the head of this module lists.
        subjects: the photographs, all of which a folder of results must have.
        options: vividness, saturation and size of networks.
        device: where networks run.
        threads: CPU threads of one prediction; several photographs are predicted at a time.

    Raises:
        OptionError: nothing is meant by ``text``; the message says what could be.
        InputError: a result is missing.
        ModelError: the network's file is missing, altered, or of another make.
        MissingExtra: a checkpoint needs PyTorch.
    """
    named, equals, what = text.partition("=")
    if not equals:
        named, what = "", text
    path = Path(what)
    if what in MODELS or path.suffix == ".onnx":
        spec = find_model(what)
        return Network(
            named or path.stem,
            Engine(spec, device=device, threads=threads),
            temperature=spec.temperature_at(options.vividness),
            saturation=options.saturation,
            size=options.size,
        )
    if path.suffix == ".ckpt":
        recipe, _, file = what.rpartition("@")
        checkpoint = Path(file)
        recipe = recipe or checkpoint.resolve().parent.name
        size = options.size or _CHECKPOINT_SIZE
        return open_checkpoint(named or recipe, checkpoint, recipe=recipe, size=size)
    if path.is_dir():
        return Results(named or path.resolve().name, path, subjects)
    raise OptionError(
        f"no candidate {what!r}: give a network ({', '.join(MODELS)}), an .onnx file, a .ckpt "
        "file, or a folder of results"
    )
