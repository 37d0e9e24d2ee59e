# SPDX-License-Identifier: Apache-2.0
"""What a film's colours remember, onto the disk and back, so that a resumed job leaves no seam."""

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from tintype.errors import OutputError, RecordError
from tintype.video.steady import Memory, Steadier


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A steadier's memory at one moment. Memories are never changed once a frame has left them.

    Attributes:
        memory: of the last frame; None before the first.
        scenes: the ends of the last few scenes.
    """

    memory: Memory | None
    scenes: tuple[Memory, ...]


def capture(steadier: Steadier) -> State:
    """Take what a steadier remembers now."""
    return State(memory=steadier.memory, scenes=tuple(steadier.scenes))


def restore(steadier: Steadier, state: State) -> None:
    """Let a steadier remember what another did."""
    steadier.memory = state.memory
    steadier.scenes = deque(state.scenes, maxlen=steadier.scenes.maxlen)


def save_state(state: State, path: Path) -> None:
    """Write a state, and wait until it is on the disk.

    Raises:
        OutputError: there is no room for it.
    """
    memories = ([] if state.memory is None else [state.memory]) + list(state.scenes)
    arrays: dict[str, Any] = {"count": np.int64(0 if state.memory is None else len(memories))}
    for number, memory in enumerate(memories):
        arrays[f"lightness{number}"] = memory.lightness
        arrays[f"known{number}"] = memory.known
        arrays[f"shown{number}"] = memory.shown
        arrays[f"counts{number}"] = np.array(
            [memory.runs, memory.age, memory.travel, memory.doubted, memory.dulling]
        )
    try:
        with open(path, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error


def load_state(path: Path) -> State:
    """Read a state.

    Raises:
        RecordError: it is not there, or damaged.
    """
    try:
        with open(path, "rb") as file, np.load(file) as arrays:
            memories = [
                Memory(
                    lightness=arrays[f"lightness{number}"],
                    known=arrays[f"known{number}"],
                    shown=arrays[f"shown{number}"],
                    runs=int(arrays[f"counts{number}"][0]),
                    age=int(arrays[f"counts{number}"][1]),
                    travel=float(arrays[f"counts{number}"][2]),
                    doubted=float(arrays[f"counts{number}"][3]),
                    dulling=float(arrays[f"counts{number}"][4]),
                )
                for number in range(int(arrays["count"]))
            ]
    except (OSError, EOFError, BadZipFile, KeyError, ValueError) as error:
        raise RecordError(
            f"{path} cannot be read: {error}; begin afresh without resuming"
        ) from error
    return State(memory=memories[0] if memories else None, scenes=tuple(memories[1:]))
