import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tintype.cli import reproduce
from tintype.errors import Diverged, OptionError
from tintype.evaluate.paper import origins
from tintype.evaluate.paper import reproduction as reproductions
from tintype.evaluate.paper.options import PaperOptions
from tintype.evaluate.paper.publication import publish_report, write_report
from tintype.evaluate.paper.reproduction import JOURNAL, Reproduction

pytestmark = [
    pytest.mark.usefixtures("tiny_grid"),
    pytest.mark.filterwarnings("ignore::UserWarning:lightning"),
    pytest.mark.filterwarnings("ignore::UserWarning:lightning_utilities"),
]
OPTIONS = PaperOptions(photographs=20, seeds=2)


def entries(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / JOURNAL).read_text().splitlines()[1:]]


def test_runs_reports_and_publishes(photographs, tmp_path):
    events = []
    with Reproduction(tmp_path / "out", photographs, OPTIONS, on_event=events.append) as run:
        assert run.run()
        assert set(run.results) == {
            *(one.name for one in run.grid),
            "baselines-landscapes",
            "baselines-mixed",
            "saturation",
        }
        assert 0 < run.results["sum"]["test"]["accuracy_u"] < 1
        assert "test_centers" in run.results["classification-seed-0"]
        assert "test_centers" not in run.results["regression-l2-seed-0"]
        best = run.results["search-nesterov"]["best"]
        assert run.results["nesterov"]["rate"] == best
        page = write_report(run).read_text()
        document = publish_report(run, tmp_path / "docs")
    assert events[-1].total == len(run.grid)
    for text in (
        "Table 1",
        "Table 2",
        "Table 3",
        "Table 5",
        "What the saturation depends on",
        "While they learn",
        "Where the runs were trained",
        "constant grey",
        "dataset mode",
        "Figure 5",
    ):
        assert text in page
    assert "![](figure-5.jpg)" in document.read_text()
    assert "does not hold" in document.read_text() or "holds" in document.read_text()
    beside = {file.name for file in (tmp_path / "out").iterdir()}
    assert {"index.html", "blind.html", "blind-key.json", "figure-5.jpg"} <= beside
    kept = {file.parent.name for file in (tmp_path / "out").rglob("last.ckpt")}
    assert kept == {"classification-seed-0", "regression-l2-seed-0"}
    published = {file.name for file in (tmp_path / "docs").iterdir()}
    assert published == {"README.md", "report.html", "record.json", "figure-5.jpg"}
    record = json.loads((tmp_path / "docs" / "record.json").read_text())
    assert record["content"]["missing"] == []
    (origin,) = record["content"]["origins"]
    assert set(origin["runs"]) == set(run.results)
    assert str(tmp_path) not in (tmp_path / "docs" / "record.json").read_text()


def test_goes_on_where_it_stopped_with_the_same_figures(photographs, tmp_path, monkeypatch):
    with Reproduction(tmp_path / "whole", photographs, OPTIONS) as whole:
        whole.run()
    real, calls = reproductions.train, []

    def failing(*arguments, **options):
        calls.append(arguments[3].name)  # the run's folder
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    monkeypatch.setattr(reproductions, "train", failing)
    with (
        pytest.raises(KeyboardInterrupt),
        Reproduction(tmp_path / "cut", photographs, OPTIONS) as cut,
    ):
        cut.run()
    with Reproduction(tmp_path / "cut", photographs, OPTIONS) as cut:
        assert len([run for run in cut.grid if run.name in cut.results]) == 2
        finished = set(cut.results)
        del calls[:]
        calls.extend([""] * 3)  # never the third again
        assert cut.run()
        assert not finished & set(calls)
        for name, found in whole.results.items():
            again = dict(cut.results[name])
            assert {**again, "seconds": 0} == {**found, "seconds": 0}, name


def test_a_rate_at_which_weights_diverge_is_searched_past(photographs, tmp_path, monkeypatch):
    real = reproductions.train

    def train(recipe, *arguments, **options):
        if recipe.optimizer.rate == 0.1:
            raise Diverged("no numbers")
        return real(recipe, *arguments, **options)

    monkeypatch.setattr(reproductions, "train", train)
    with Reproduction(tmp_path, photographs, OPTIONS) as run:
        run.grid = [one for one in run.grid if one.name == "search-nesterov"]
        assert run.run()
        found = run.results["search-nesterov"]
    assert found["rates"][-1] == 0.1
    assert found["losses"][-1] is None
    assert None not in found["losses"][:-1]
    assert found["best"] < 0.1


def test_what_diverges_is_reported_as_such_and_stops_nothing(photographs, tmp_path, monkeypatch):
    real = reproductions.train

    def train(recipe, train_photographs, validation, place, **options):
        if place.name.startswith("search-nesterov") or place.name in (
            "nesterov",
            "classification-seed-1",
            "regression-l2-longer",
        ):
            raise Diverged("no numbers")
        return real(recipe, train_photographs, validation, place, **options)

    monkeypatch.setattr(reproductions, "train", train)
    with Reproduction(tmp_path, photographs, OPTIONS) as run:
        assert run.run()
        search, cell = run.results["search-nesterov"], run.results["nesterov"]
        page = write_report(run).read_text()
    assert set(search["losses"]) == {None}
    assert cell["rate"] == search["best"] == min(search["rates"])
    assert "test" not in cell
    assert "<td>diverged</td>" in page
    assert "changed none, it diverged" in page


def test_a_slice_without_time_only_reports(photographs, tmp_path):
    with Reproduction(tmp_path, photographs, OPTIONS) as run:
        assert not run.run(minutes=0)
        page = write_report(run).read_text()
    assert "The grid is not finished" in page
    assert "The two networks are not trained yet" in page


def test_time_that_runs_out_in_a_run_is_counted_and_goes_on(photographs, tmp_path):
    options = PaperOptions(photographs=4000, seeds=2)
    with Reproduction(tmp_path, photographs, options) as run:
        assert not run.run(minutes=0)  # the baselines, whose time is not the run's
        before = run.seconds
        assert not run.run(minutes=0.03)
        assert run.seconds > before
    assert entries(tmp_path)[-1]["finished"] is False


def shares(grid) -> float:
    """What a grid trains, in runs of the usual length."""
    usual = min(one.recipe.photographs for one in grid if not hasattr(one, "rates"))
    return sum(
        len(one.rates) / 10 if hasattr(one, "rates") else one.recipe.photographs / usual
        for one in grid
    )


@pytest.mark.parametrize(("scoring", "left"), [(0.0, 570.0), (0.5, 570 - 7 * 0.5 * 23)])
def test_the_budget_decides_the_length(photographs, tmp_path, monkeypatch, scoring, left):
    """At 0.1 s a photograph, ten minutes afford 5,700 in all; scores are paid for first.

    Each of the seven cells scores its one validation photograph thirteen times and its five test
    photographs twice.
    """
    monkeypatch.setattr(reproductions, "measure_step", lambda recipe: 0.1 * recipe.batch_size)
    monkeypatch.setattr(reproductions, "measure_score", lambda *_: scoring)
    with Reproduction(tmp_path, photographs, PaperOptions(budget=10.0, seeds=2)) as run:
        parts = [len(run.part("landscapes", which)) for which in ("validation", "test")]
        assert parts == [1, 5]
        assert run.plan["photographs"] == pytest.approx(left / 0.1 / shares(run.grid), abs=1)


def test_a_figure_needs_networks_and_not_only_their_scores(photographs, tmp_path):
    """What was published once is published again without the pictures that cannot be made."""
    with Reproduction(tmp_path / "out", photographs, OPTIONS) as run:
        run.run()
        (tmp_path / "out" / "runs" / "classification-seed-0" / "last.ckpt").unlink()
        document = publish_report(run, tmp_path / "docs").read_text()
    assert "Figure 5" not in document
    assert "Table 1" in document


def test_each_run_keeps_where_it_was_trained(photographs, tmp_path, monkeypatch):
    """A slice on another machine changes the origin of its own runs only."""
    real, machines = origins.collect_provenance, iter(["a", "a", "a", *["b"] * 99])

    def elsewhere():
        provenance = real()
        hardware = replace(provenance.hardware, processor=next(machines))
        return replace(provenance, hardware=hardware)

    monkeypatch.setattr(origins, "collect_provenance", elsewhere)
    start = tmp_path / "weights.safetensors"  # the tiny networks do not look at it
    with Reproduction(tmp_path / "out", photographs, OPTIONS, imagenet=start) as run:
        run.run()
    with Reproduction(tmp_path / "out", photographs, OPTIONS) as run:
        publish_report(run, tmp_path / "docs")
    record = json.loads((tmp_path / "docs" / "record.json").read_text())
    first, second = record["content"]["origins"]
    assert [first["hardware"]["processor"], second["hardware"]["processor"]] == ["a", "b"]
    assert first["runs"] == ["baselines-landscapes", "baselines-mixed", "classification-seed-0"]
    assert first["imagenet"] == "weights.safetensors"
    assert set(first["runs"]) | set(second["runs"]) == set(run.results)


def test_a_folder_keeps_its_options(photographs, tmp_path):
    with Reproduction(tmp_path, photographs, OPTIONS):
        pass
    with pytest.raises(OptionError, match="begun with other options or photographs"):
        Reproduction(tmp_path, photographs, PaperOptions(photographs=20, seeds=1))


def test_the_command_runs_a_slice(photographs, tmp_path, monkeypatch):
    monkeypatch.setattr("tintype.learn.datasets.open_cache", lambda *_: photographs)
    words = ["paper", "--data", str(tmp_path), "--out", str(tmp_path / "out"), "--minutes", "0"]
    result = CliRunner().invoke(reproduce.app, [*words, "--photographs", "20"])
    assert result.exit_code == 0, result.output
    assert "index.html" in result.stdout
    assert "the same command goes on" in result.stderr
