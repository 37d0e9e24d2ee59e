# SPDX-License-Identifier: Apache-2.0
import errno
import os
import tempfile

import pytest
import torch

from tintype.errors import OutputError
from tintype.learn.checkpoints import WholeCheckpoints
from tintype.learn.training import Schedule, load_network, train


def test_a_checkpoint_that_fails_leaves_the_one_before(tmp_path, monkeypatch):
    place = tmp_path / "run" / "last.ckpt"
    WholeCheckpoints().save_checkpoint({"step": 1}, place)

    def full(_file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match=r"cannot write .*last\.ckpt: No space left"):
            WholeCheckpoints().save_checkpoint({"step": 2}, place)
    assert torch.load(place) == {"step": 1}
    WholeCheckpoints().save_checkpoint({"step": 3}, place)
    assert torch.load(place) == {"step": 3}
    assert [file.name for file in place.parent.iterdir()] == ["last.ckpt"]


@pytest.mark.slow
def test_a_run_needs_no_other_disk(small_recipe, photographs, tmp_path, monkeypatch):
    """Lightning's own way would look for the folder of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    train(small_recipe, photographs, None, tmp_path / "run", schedule=Schedule(validate_every=0))
    load_network(small_recipe, tmp_path / "run" / "last.ckpt")
