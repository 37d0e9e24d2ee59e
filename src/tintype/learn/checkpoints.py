# SPDX-License-Identifier: Apache-2.0
"""Checkpoints that replace the one before whole, or leave it as it was."""

import io
from pathlib import Path
from typing import Any

import torch
from lightning.fabric.plugins import TorchCheckpointIO

from tintype.imaging.atomic import write_whole


class WholeCheckpoints(TorchCheckpointIO):
    """How Lightning's trainer writes checkpoints.

    Its own way goes by a file in the system's folder for temporary files. Where that is another
    disk, the checkpoint is copied from there over the one before, and a full disk or a kill in
    the middle leaves neither.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None
    ) -> None:
        """Write a checkpoint, ``torch.save``'s file, beside ``path`` and name it so at the end.

        Raises:
            OutputError: the disk refuses; the checkpoint before is as it was.
        """
        assert storage_options is None, "checkpoints go onto a disk, which takes no options"
        file = io.BytesIO()
        torch.save(checkpoint, file)
        place = Path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file.getvalue(), place, overwrite=True)
