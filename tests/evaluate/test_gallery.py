# SPDX-License-Identifier: Apache-2.0
from itertools import chain

import numpy as np
import pytest

from tintype.evaluate.gallery import choose_photographs, make_gallery
from tintype.evaluate.measurement import evaluate
from tintype.evaluate.options import DEFAULTS


@pytest.fixture
def found(subjects, baselines, pale):
    return evaluate(subjects, [*baselines, pale()])


def test_best_middle_and_worst_are_by_the_error(found):
    chosen = choose_photographs(found, "pale", each=2)
    errors = found.rows["pale"]["ciede2000"]
    assert sorted(chain.from_iterable(chosen.values())) == list(range(6))
    assert errors[chosen["best"]].max() <= errors[chosen["middle"]].min()
    assert errors[chosen["middle"]].max() <= errors[chosen["worst"]].min()


def test_no_photograph_stands_under_two(found):
    chosen = choose_photographs(found, "pale", each=5)
    assert [len(indices) for indices in chosen.values()] == [2, 2, 2]


def test_too_few_photographs_are_all_shown(subjects, baselines, pale):
    two = evaluate(subjects[:2], [*baselines, pale()])
    assert [sorted(v) for v in choose_photographs(two, "pale", each=4).values()] == [[0, 1]]


def test_each_photograph_is_shown_with_a_divider_and_its_error(found, subjects, pale):
    gallery = make_gallery(found, subjects, [pale()], DEFAULTS, each=1)
    assert gallery.count('class="comparison"') == 3
    best = float(np.min(found.rows["pale"]["ciede2000"]))
    assert f"pale: ΔE00 {best:.2f}" in gallery
    assert all(f"<h3>{kind}</h3>" in gallery for kind in ("best", "middle", "worst"))
