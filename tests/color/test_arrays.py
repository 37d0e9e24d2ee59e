# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys

import numpy as np
import pytest
import torch

from tintype.color.arrays import array_namespace


def test_numpy_is_used_as_it_is():
    assert array_namespace(np.zeros(2), np.float32(1)) is np


def test_pytorch_goes_through_the_compatibility_package():
    assert array_namespace(torch.zeros(2)).__name__ == "array_api_compat.torch"


@pytest.mark.parametrize("arrays", [([1, 2],), (np.zeros(2), torch.zeros(2))])
def test_what_has_no_one_spelling_is_refused(arrays):
    with pytest.raises(TypeError):
        array_namespace(*arrays)


def test_colours_of_numpy_arrays_cost_no_import():
    program = (
        "import sys, numpy\n"
        "from tintype.color.luv import rgb_to_luv\n"
        "rgb_to_luv(numpy.zeros((3, 1, 1)))\n"
        "assert not {'numpy.f2py', 'torch'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
