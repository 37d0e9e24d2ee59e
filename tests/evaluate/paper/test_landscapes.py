import pytest

from tintype.errors import InputError
from tintype.evaluate.paper.landscapes import (
    LANDSCAPE,
    LANDSCAPES,
    MIXED,
    count_labels,
    split_landscapes,
)


def keys(landscapes: int, others: int) -> list[str]:
    return [
        *(f"intel/{('sea', 'forest')[n % 2]}/{n:08d}" for n in range(landscapes)),
        *(f"miniplaces/kitchen/{n:08d}" for n in range(others)),
    ]


def test_as_many_as_the_paper_had():
    split = split_landscapes(keys(1000, 6000), seed=0)
    counts = {name: [len(p) for p in (s.train, s.validation, s.test)] for name, s in split.items()}
    assert counts[LANDSCAPE][1:] == [44, 240]
    assert 390 <= counts[LANDSCAPE][0] <= 400  # those that the mixed set holds out are left out
    assert counts[MIXED] == [4000, 44, 240]


@pytest.mark.parametrize("counts", [(800, 3000), (900, 50)])
def test_nothing_that_is_held_out_trains_anything(counts):
    split = split_landscapes(keys(*counts), seed=3)
    held = {i for s in split.values() for i in (*s.validation, *s.test)}
    assert not held & {i for s in split.values() for i in s.train}
    assert not set(split[LANDSCAPE].test) & set(split[LANDSCAPE].validation)


def test_landscapes_are_landscapes():
    everything = keys(700, 700)
    split = split_landscapes(everything, seed=0)[LANDSCAPE]
    for part in (split.train, split.validation, split.test):
        assert all(everything[i].rpartition("/")[0] in LANDSCAPES for i in part)


def test_a_small_set_is_cut_in_proportion():
    """CVCL's 411 alone: 400 : 44 : 240 of 684, so 0.6009 of each."""
    split = split_landscapes([f"cvcl/opencountry/{n:08d}" for n in range(411)], seed=0)[LANDSCAPE]
    assert (len(split.test), len(split.validation)) == (144, 26)


def test_the_split_is_the_seeds_and_not_the_listings():
    everything = keys(700, 100)
    again = split_landscapes(everything[::-1], seed=0)[LANDSCAPE]
    first = split_landscapes(everything, seed=0)[LANDSCAPE]
    assert {everything[i] for i in first.test} == {everything[::-1][i] for i in again.test}
    other = split_landscapes(everything, seed=1)[LANDSCAPE]
    assert set(other.test) != set(first.test)


def test_says_what_to_do_without_landscapes():
    with pytest.raises(InputError, match="9 landscapes among 10 photographs.*prepare cvcl"):
        split_landscapes(keys(9, 1), seed=0)


def test_counts_labels_most_first():
    assert count_labels(keys(3, 5)) == {
        "miniplaces/kitchen": 5,
        "intel/sea": 2,
        "intel/forest": 1,
    }
