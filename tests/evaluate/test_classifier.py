# SPDX-License-Identifier: Apache-2.0
import numpy as np
import onnxruntime as ort
import pytest

from tintype.evaluate.classifier import Classifier, frechet_distances
from tintype.evaluate.examination import TRUE
from tintype.evaluate.measurement import evaluate
from tintype.evaluate.mobilenet import FEATURES, RGB, build_graph, read_layers
from tintype.metrics.semantics import frechet_distance


@pytest.fixture(scope="module")
def classifier(classifier_file):
    return Classifier(classifier_file)


def test_every_picture_has_a_class_and_features(classifier, rng):
    pictures = [rng.random((3, *size), dtype=np.float32) for size in ((50, 90), (224, 224))]
    answers, features = classifier.classify(pictures)
    assert answers.shape == (2,)
    assert features.shape == (2, 16)
    alone = classifier.classify(pictures[1:])
    np.testing.assert_allclose(alone[1][0], features[1], rtol=1e-4)


def test_the_network_gets_rgb_between_minus_one_and_one(classifier, classifier_file, rng):
    picture = rng.random((3, 224, 224), dtype=np.float32)
    session = ort.InferenceSession(build_graph(read_layers(classifier_file)))
    expected = session.run([FEATURES], {RGB: 2 * picture[None] - 1})[0]
    np.testing.assert_allclose(classifier.classify([picture])[1], expected, rtol=1e-4)


def test_only_the_middle_square_is_looked_at(classifier, rng):
    square = rng.random((3, 40, 40), dtype=np.float32)
    framed = np.pad(square, ((0, 0), (0, 0), (30, 30)))
    (one, other) = classifier.classify([square, framed])[1]
    np.testing.assert_allclose(one, other, rtol=1e-5)


def test_agreement_is_with_the_answer_on_the_truth(classifier, rng):
    colors = rng.random((60, 3, 1, 1), dtype=np.float32)
    flat = [color * np.ones((3, 60, 60), np.float32) for color in colors]
    answers = classifier.classify(flat)[0]
    other = int(np.flatnonzero(answers != answers[0])[0])
    seen = classifier.look({TRUE: flat[0], "same": flat[0], "other": flat[other]})
    assert seen.rows == {"same": {"agreement": 1}, "other": {"agreement": 0}}
    assert seen.evidence.keys() == {TRUE, "same", "other"}


def test_distances_are_to_the_true_photographs_features(rng):
    clouds = {name: rng.normal(size=(9, 4)) for name in (TRUE, "a", "b")}
    evidence = [{name: cloud[n] for name, cloud in clouds.items()} for n in range(9)]
    found = frechet_distances(evidence)
    assert found == {
        name: pytest.approx(frechet_distance(clouds[name], clouds[TRUE])) for name in ("a", "b")
    }
    assert frechet_distances(evidence[:1]) == {}


def test_an_evaluation_has_both(classifier, subjects, baselines, pale):
    found = evaluate(subjects, [*baselines, pale(share=1.0)], instruments=[classifier])
    assert found.summary["pale"]["agreement"].estimate == 1
    assert found.sets["pale"]["frechet"] < found.sets["constant grey"]["frechet"]
    (said,) = found.instruments
    assert (said["network"], said["file"]) == ("MobileNetV2", "small.safetensors")
