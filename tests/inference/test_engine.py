# SPDX-License-Identifier: Apache-2.0
"""The engine against NumPy: what the stand-in network answers can be worked out by hand."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from tintype.errors import ModelError, OptionError
from tintype.imaging.resize import resize
from tintype.inference import engine as engines
from tintype.inference.engine import Engine, network_size
from tintype.spec.hints import Hint
from tintype.spec.model import CONFIDENCE, LOG_PROBABILITIES, Look

SIZE = 64  # the stand-in's
COLORS = np.array([[60, 20], [-20, 40], [-10, -50], [0, 0]])  # u*, v* of its four bins
SLOPES = np.array([0.08, 0.01, -0.06, -0.02]).astype(np.float16)
LEVELS = np.array([-4.0, 0.5, 2.0, 0.0])


def work_out(lightness: np.ndarray, temperature: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Chroma and log-probabilities of the stand-in, for a plane that needs no scaling."""
    height, width = (side // 4 for side in lightness.shape)
    blocks = lightness.reshape(height, 4, width, 4).mean((1, 3), dtype=np.float64)
    logits = SLOPES.reshape(4, 1, 1) * blocks + LEVELS.reshape(4, 1, 1)
    weights = softmax(logits / temperature, axis=0)
    return np.einsum("qc,qhw->chw", COLORS, weights), log_softmax(logits, axis=0)


def ramp(height: int, width: int) -> np.ndarray:
    """L* that rises to the right and falls downwards: a shift by one block would show."""
    rows, columns = np.mgrid[0:height, 0:width]
    return (100 * (columns / width + 1 - rows / height) / 2).astype(np.float32)


@pytest.fixture(scope="module")
def engine(stand_in) -> Engine:
    return Engine(stand_in, device="cpu", threads=1)


@pytest.fixture(scope="module")
def steerable(make_stand_in) -> Engine:
    return Engine(make_stand_in(hints=True), device="cpu", threads=1)


@pytest.mark.parametrize("width", [64, 68, 100, 128])  # 68 and 100 are padded, to 96 and 128
@pytest.mark.parametrize("turned", [False, True])
def test_chroma_is_the_networks_block_for_block(engine, width, turned):
    lightness = ramp(width, SIZE) if turned else ramp(SIZE, width)
    expected, _ = work_out(lightness)
    np.testing.assert_allclose(engine.predict(lightness).chroma, expected, atol=2e-4)


@pytest.mark.parametrize("temperature", [1.0, 0.1])
def test_the_temperature_reaches_the_decoding(engine, temperature):
    lightness = ramp(SIZE, SIZE)
    chroma = engine.predict(lightness, temperature=temperature).chroma
    np.testing.assert_allclose(chroma, work_out(lightness, temperature)[0], atol=1e-3)


def test_what_else_is_wanted_comes_cut_to_the_photograph_too(engine):
    lightness = ramp(SIZE, 100)
    prediction = engine.predict(lightness, want=(CONFIDENCE, LOG_PROBABILITIES))
    _, expected = work_out(lightness)
    np.testing.assert_allclose(prediction.log_probabilities, expected, atol=1e-4)
    entropy = -(np.exp(expected) * expected).sum(0)
    np.testing.assert_allclose(prediction.confidence, 1 - entropy / np.log(4), atol=1e-4)


def test_a_failing_network_says_so_in_its_error_and_nowhere_else(make_stand_in, capfd):
    engine = Engine(make_stand_in("whole", broken=CONFIDENCE), device="cpu")
    with pytest.raises(ModelError, match="whole failed"):
        engine.predict(ramp(SIZE, SIZE), want=(CONFIDENCE,))
    assert capfd.readouterr() == ("", "")


def test_the_padding_repeats_the_edge(engine, monkeypatch):
    fed = {}
    run = engine._session.run
    monkeypatch.setattr(
        engine._session, "run", lambda names, feeds: fed.update(feeds) or run(names, feeds)
    )
    lightness = ramp(SIZE, 68)
    engine.predict(lightness)
    padded = fed["grey"][0, 0]
    assert padded.shape == (64, 96)
    np.testing.assert_array_equal(padded[:, :68], lightness)
    np.testing.assert_array_equal(padded[:, 68:], np.repeat(lightness[:, -1:], 28, axis=1))


@pytest.fixture(scope="module")
def onlooker(make_stand_in) -> Engine:
    """Looks three times: at the mirror image made smaller, and at a larger copy by its second."""
    smaller = Look(scale=0.5, mirrored=True, member=0)
    larger = Look(scale=1.5, mirrored=False, member=1)
    return Engine(make_stand_in(hints=True, looks=(smaller, larger)), device="cpu", threads=1)


@pytest.mark.parametrize("width", [64, 100])
def test_what_several_looks_find_is_averaged_where_it_belongs(onlooker, width):
    lightness = ramp(SIZE, width)
    lightness[:, : width // 2] = 20  # not the same seen in a mirror
    prediction = onlooker.predict(lightness, want=[LOG_PROBABILITIES])
    expected, logs = work_out(lightness)  # the stand-in's features are all but linear in L*
    away = np.abs(np.arange(width // 4) - width // 8) > 3  # from the step, which sizes blur
    inside = np.s_[:, 2:-2, away]
    np.testing.assert_allclose(prediction.chroma[inside], expected[inside], atol=2)
    np.testing.assert_allclose(prediction.log_probabilities[inside], logs[inside], atol=0.1)


def test_every_look_is_shown_what_it_shall_see(onlooker, monkeypatch):
    seen = watch(onlooker, monkeypatch)
    onlooker.predict(ramp(SIZE, SIZE), hints=[Hint(60, 21, "#8c465a", 3)])
    assert [names for names, _ in seen] == [["features_0"], ["features_1"], ["chroma"]]
    small, large, own = (feeds for _, feeds in seen)
    assert small["grey"].shape == (1, 1, 32, 32)
    assert large["grey"].shape == (1, 1, 96, 96)
    assert own["looks"] == 3
    for feeds, left in ((small, True), (large, False), (own, False)):
        _, columns = np.nonzero(feeds["hints"][0, 2])
        assert (columns.mean() < feeds["hints"].shape[-1] / 2) == left


def test_from_near_a_network_looks_once(onlooker, monkeypatch):
    seen = watch(onlooker, monkeypatch)
    onlooker.predict(ramp(SIZE, SIZE), size=2 * SIZE)
    assert [feeds["grey"].shape[-1] for _, feeds in seen] == [32, 96, SIZE, 2 * SIZE]
    assert [float(feeds["looks"]) for _, feeds in seen] == [1, 1, 3, 1]


def watch(engine, monkeypatch) -> list:
    """What the session is asked for, and fed, from now on."""
    seen, run = [], engine._session.run

    def spy(names, feeds):
        seen.append((list(names), dict(feeds)))
        return run(names, feeds)

    monkeypatch.setattr(engine._session, "run", spy)
    return seen


def test_what_is_not_wanted_is_not_computed(make_stand_in):
    engine = Engine(make_stand_in("half", broken=LOG_PROBABILITIES), device="cpu")
    prediction = engine.predict(ramp(SIZE, SIZE))
    assert prediction.confidence is None
    assert prediction.log_probabilities is None
    with pytest.raises(ModelError, match=r"half failed on 64 x 64 pixels.*smaller size"):
        engine.predict(ramp(SIZE, SIZE), want=(LOG_PROBABILITIES,))


def test_a_larger_photograph_is_seen_at_the_networks_size(engine):
    large = np.kron(ramp(SIZE, 96), np.ones((5, 5), np.float32))
    expected, _ = work_out(ramp(SIZE, 96))
    np.testing.assert_allclose(engine.predict(large).chroma, expected, atol=1e-3)


def test_the_size_can_be_chosen(engine):
    assert engine.predict(ramp(300, 400), size=96).chroma.shape == (2, 24, 32)


@settings(max_examples=25)
@given(height=st.integers(1, 300), width=st.integers(1, 300))
def test_any_size_has_finite_chroma(engine, height, width):
    chroma = engine.predict(ramp(height, width)).chroma
    assert chroma.dtype == np.float32
    assert np.isfinite(chroma).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 30_000), (30_000, 1), (7, 12_000)])
def test_extreme_shapes_have_finite_chroma(engine, shape):
    chroma = engine.predict(np.full(shape, 50, np.float32)).chroma
    assert chroma[0].size < SIZE * SIZE
    assert np.isfinite(chroma).all()


@pytest.mark.parametrize(
    ("photograph", "expected"),
    [
        ((3000, 4000), (256, 340)),
        ((4000, 3000), (340, 256)),
        ((100, 100), (256, 256)),
        ((100, 800), (256, 2048)),
        ((100, 1600), (128, 2048)),
        ((1, 30_000), (4, 2048)),
        ((1, 1), (256, 256)),
    ],
)
def test_network_sizes_worked_by_hand(photograph, expected):
    assert network_size(photograph, size=256, stride=4) == expected


@given(
    height=st.integers(1, 10**5),
    width=st.integers(1, 10**5),
    size=st.sampled_from([64, 256, 768, 2048]),
)
def test_network_sizes_are_whole_blocks_bounded_and_not_squashed(height, width, size):
    seen = network_size((height, width), size=size, stride=4)
    assert all(side >= 4 and side % 4 == 0 for side in seen)
    assert min(seen) <= size
    assert max(seen) <= min(8 * size, 4096)
    scales = [
        (side + slack) / own
        for side, own in zip(seen, (height, width), strict=True)
        for slack in (-2, 2)
    ]
    assert max(scales[0], scales[2]) <= min(scales[1], scales[3]) or 4 in seen


def test_hints_arrive_where_they_were_put(steerable, monkeypatch):
    monkeypatch.setattr(engines, "hold_hints", lambda chroma, *_: chroma)  # as the network has it
    plain = steerable.predict(ramp(SIZE, 128)).chroma
    steered = steerable.predict(ramp(SIZE, 128), hints=[Hint(93, 21, "#8c465a", 1.5)]).chroma
    changed = np.abs(steered - plain).max(axis=0) > 1e-3
    assert np.argwhere(changed).tolist() == [[5, 23]]


def test_hints_for_a_network_that_takes_none_are_refused(engine):
    with pytest.raises(OptionError, match="stand-in takes no hints"):
        engine.predict(ramp(8, 8), hints=[Hint(0, 0, "#ffffff")])


@pytest.mark.parametrize("shape", [(3, 8, 8), (8,), (0, 8), (8, 0)])
def test_what_is_no_plane_is_refused(engine, shape):
    with pytest.raises(ValueError, match=r"lightness must be \(H, W\)"):
        engine.predict(np.zeros(shape, np.float32))


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_that_cannot_be_is_refused(engine, temperature):
    with pytest.raises(ValueError, match="temperature must be above 0"):
        engine.predict(ramp(8, 8), temperature=temperature)


def test_threads_share_one_engine(engine):
    planes = [ramp(SIZE, 64 + 4 * i) for i in range(24)]
    together = threading.Barrier(4)

    def predict(i: int) -> np.ndarray:
        if i < 4:
            together.wait(timeout=30)
        return engine.predict(planes[i]).chroma

    with ThreadPoolExecutor(4) as pool:
        for plane, chroma in zip(planes, pool.map(predict, range(24)), strict=True):
            np.testing.assert_allclose(chroma, work_out(plane)[0], atol=2e-4)


def test_auto_runs_where_it_can(stand_in):
    assert Engine(stand_in).device in {"cpu", "cuda"}


def test_running_at_the_networks_size_is_what_predicting_comes_to(engine):
    lightness = ramp(300, 400)
    sizes = engine.sizes(lightness.shape, 96)
    assert sizes == [(96, 128), (64, 84)]
    greys = [resize(lightness, size) for size in sizes]
    expected = engine.predict(lightness, size=96).chroma
    np.testing.assert_array_equal(engine.run(greys).chroma, expected)


def test_the_sizes_are_those_of_all_looks(onlooker):
    assert onlooker.sizes((300, 400)) == [(64, 84), (32, 44), (96, 128)]
    assert onlooker.sizes((300, 400), 32) == [(32, 44), (16, 20), (48, 64)]
    assert onlooker.sizes((300, 400), 80) == [(80, 108), (64, 84), (32, 44), (96, 128)]


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_grey_that_is_missing_or_too_much_is_refused(onlooker, count):
    with pytest.raises(ValueError, match="a grey for each of the sizes"):
        onlooker.run(count * [np.zeros((64, 64), np.float32)])


@pytest.mark.parametrize("shape", [(62, 64), (64, 66), (0, 64), (1, 64, 64)])
def test_what_is_not_whole_blocks_is_refused(engine, shape):
    with pytest.raises(ValueError, match="multiples of 4, got"):
        engine.run([np.zeros(shape, np.float32)])
