# SPDX-License-Identifier: Apache-2.0
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.imaging.strips import for_each_strip, split_rows


@given(height=st.integers(1, 300), width=st.integers(1, 200_000), threads=st.integers(1, 4))
def test_every_row_is_done_once(height, width, threads):
    done = np.zeros(height, int)

    def hire(rows):
        def work(strip):
            assert strip.stop - strip.start <= rows
            done[strip] += 1

        return work

    for_each_strip((height, width), hire, threads=threads)
    assert (done == 1).all()


def test_a_strip_does_not_grow_with_the_photograph():
    assert split_rows((40, 4000))[0] == split_rows((40_000, 4000))[0]
    assert len(split_rows((3, 1_000_000))) == 3


def test_each_thread_hires_one_worker():
    hired = []
    both = threading.Barrier(2, timeout=10)

    def hire(rows):
        hired.append(threading.get_ident())
        both.wait()  # so that one thread cannot do the work of two
        return lambda strip: None

    for_each_strip((100, 4000), hire, threads=2)
    assert len(set(hired)) == len(hired) == 2


@pytest.mark.parametrize("threads", [1, 3])
def test_what_a_worker_raises_arrives(threads):
    def hire(rows):
        def work(strip):
            raise ArithmeticError("in a strip")

        return work

    with pytest.raises(ArithmeticError, match="in a strip"):
        for_each_strip((100, 4000), hire, threads=threads)
