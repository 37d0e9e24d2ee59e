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

from tintype.errors import MissingExtra, OptionError
from tintype.evaluate.candidates import Candidate, Function, Network
from tintype.evaluate.photographs import Subject
from tintype.evaluate.results import Results
from tintype.inference.devices import AUTO
from tintype.inference.engine import Engine
from tintype.records.provenance import hash_file
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
        return _open_checkpoint(named, what, size=options.size or _CHECKPOINT_SIZE)
    if path.is_dir():
        return Results(named or path.resolve().name, path, subjects)
    raise OptionError(
        f"no candidate {what!r}: give a network ({', '.join(MODELS)}), an .onnx file, a .ckpt "
        "file, or a folder of results"
    )


def _open_checkpoint(name: str, what: str, *, size: int) -> Function:
    recipe, _, file = what.rpartition("@")
    checkpoint = Path(file)
    recipe = recipe or checkpoint.resolve().parent.name
    try:
        from tintype.learn.answer import load_answer
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"evaluating a checkpoint needs {error.name}, which is not installed; install it with: "
            "pip install 'tintype[train]'"
        ) from error
    predict = load_answer(recipe, checkpoint, size=size)
    note = {"recipe": recipe, "checkpoint": checkpoint.name, "sha256": hash_file(checkpoint)}
    return Function(name or recipe, predict, note={**note, "size": size})
