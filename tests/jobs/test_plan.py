# SPDX-License-Identifier: Apache-2.0
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.errors import OptionError, OutputError
from tintype.jobs.plan import Task, plan_tasks, refuse_conflicts

names = st.text("abAB.é \n", min_size=1, max_size=6).filter(lambda n: n.strip("."))


def targets(sources: list[str], out: str, **options: object) -> list[str]:
    return [
        t.target.as_posix() for t in plan_tasks([Path(s) for s in sources], Path(out), **options)
    ]


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("a.jpg", "o/a.jpg"),
        ("x/a.TIFF", "o/a.TIFF"),
        ("a.b.png", "o/a.b.png"),
        ("a.pgm", "o/a.ppm"),  # a greymap holds no colour
        ("scan", "o/scan.png"),
        ("notes.txt", "o/notes.txt.png"),
        ("scan.001", "o/scan.001.png"),
        ("letter 3.5.1944", "o/letter 3.5.1944.png"),
    ],
)
def test_a_result_keeps_stem_and_where_it_can_format(source, result):
    assert targets([source], "o") == [result]


def test_a_format_asked_for_is_every_results():
    sources = ["a.tif", "b.jpeg", "c", "scan.001", "scan.002"]
    assert targets(sources, "o", format="jpeg") == [
        "o/a.jpg",
        "o/b.jpeg",
        "o/c.jpg",
        "o/scan.001.jpg",
        "o/scan.002.jpg",
    ]


def test_a_single_photograph_may_name_its_result():
    assert targets(["a.tif"], "x/b.jpg") == ["x/b.jpg"]
    assert targets(["a.tif"], "x/b.jpg", format="jpeg") == ["x/b.jpg"]


def test_a_folder_may_look_like_a_files_name(tmp_path):
    folder = tmp_path / "b.jpg"
    folder.mkdir()
    assert plan_tasks([Path("a.tif")], folder) == [Task(Path("a.tif"), folder / "a.tif")]


def test_a_folders_tree_is_mirrored():
    sources = [Path("in/a.jpg"), Path("in/x/a.jpg"), Path("in/x/y/b.pgm")]
    planned = plan_tasks(sources, Path("o"), base=Path("in"))
    assert [t.target.as_posix() for t in planned] == ["o/a.jpg", "o/x/a.jpg", "o/x/y/b.ppm"]


def test_a_photograph_that_is_named_twice_is_coloured_once():
    assert targets(["a.jpg", "b.jpg", "a.jpg"], "o") == ["o/a.jpg", "o/b.jpg"]


@given(sources=st.lists(names.map(lambda n: Path("in") / n), min_size=1, max_size=8))
def test_no_plan_gives_two_results_one_name(sources):
    try:
        planned = plan_tasks(sources, Path("o"))
    except OutputError as error:
        assert "would both be written to" in str(error)  # noqa: PT017 - either is right
    else:
        assert [t.source for t in planned] == list(dict.fromkeys(sources))
        assert len({t.target for t in planned}) == len(planned)


@pytest.mark.parametrize(
    ("sources", "out", "options", "error", "message"),
    [
        (
            ["x/a.jpg", "y/a.jpg"],
            "o",
            {},
            OutputError,
            r"x/a\.jpg and y/a\.jpg would both.*o/a\.jpg",
        ),
        (["a.jpg", "a.png"], "o", {"format": "png"}, OutputError, "would both be written"),
        (["a.pgm", "a.ppm"], "o", {}, OutputError, "would both be written"),
        (["a.jpg", "b.jpg"], "c.jpg", {}, OutputError, r"c\.jpg is one file's name, for 2"),
        (["a.jpg"], "c.jpg", {"format": "png"}, OptionError, "JPEG file's name, but .* png"),
        (["a"], "o", {"format": "gif"}, OptionError, "format must be one of"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(sources, out, options, error, message):
    with pytest.raises(error, match=message):
        targets(sources, out, **options)


def planned(tmp_path: Path, target: str, *, content: bytes | None = b"") -> list[Task]:
    source, result = tmp_path / "a.jpg", tmp_path / target
    source.write_bytes(b"original")
    result.parent.mkdir(exist_ok=True)
    if content is not None and not result.exists():
        result.write_bytes(content)
    return [Task(source, result)]


def test_a_result_that_is_not_there_yet_is_no_conflict(tmp_path):
    refuse_conflicts(planned(tmp_path, "o/a.jpg", content=None), overwrite=False)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_photograph_is_never_replaced(tmp_path, overwrite):
    with pytest.raises(OutputError, match=r"a\.jpg would replace a photograph"):
        refuse_conflicts(planned(tmp_path, "a.jpg"), overwrite=overwrite)


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_a_photograph_is_not_replaced_under_another_name_either(tmp_path, link):
    tasks = planned(tmp_path, "o/a.jpg", content=None)
    link(tasks[0].source, tasks[0].target)
    with pytest.raises(OutputError, match="would replace a photograph"):
        refuse_conflicts(tasks, overwrite=True)


def test_another_photographs_file_is_not_replaced(tmp_path):
    other = tmp_path / "o" / "a.jpg"
    tasks = [*planned(tmp_path, "o/a.jpg"), Task(other, tmp_path / "p" / "a.jpg")]
    with pytest.raises(OutputError, match="would replace a photograph"):
        refuse_conflicts(tasks, overwrite=True)


def test_an_earlier_result_is_replaced_only_if_that_is_allowed(tmp_path):
    tasks = planned(tmp_path, "o/a.jpg")
    with pytest.raises(OutputError, match=r"o/a\.jpg is there already"):
        refuse_conflicts(tasks, overwrite=False)
    refuse_conflicts(tasks, overwrite=True)


def test_a_dangling_link_counts_as_an_earlier_result(tmp_path):
    tasks = planned(tmp_path, "o/a.jpg", content=None)
    tasks[0].target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match="is there already"):
        refuse_conflicts(tasks, overwrite=False)


def test_a_folder_is_never_replaced(tmp_path):
    tasks = planned(tmp_path, "o/a.jpg", content=None)
    tasks[0].target.mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        refuse_conflicts(tasks, overwrite=True)


def test_a_long_list_of_conflicts_is_cut_short(tmp_path):
    sources = [tmp_path / f"{i}.jpg" for i in range(8)]
    for source in sources:
        source.write_bytes(b"")
    with pytest.raises(OutputError, match=r"4\.jpg and 3 more would replace"):
        refuse_conflicts([Task(s, s) for s in sources], overwrite=True)


def test_our_own_results_are_no_conflict_but_photographs_stay_one(tmp_path):
    tasks = planned(tmp_path, "o/a.jpg")
    refuse_conflicts(tasks, overwrite=False, ours=[tasks[0].target])
    with pytest.raises(OutputError, match="would replace a photograph"):
        refuse_conflicts(planned(tmp_path, "a.jpg"), overwrite=False, ours=[tmp_path / "a.jpg"])


def test_a_folders_results_go_into_a_folder_even_if_it_is_named_like_a_file():
    planned = plan_tasks([Path("in/a.jpg")], Path("o.jpg"), base=Path("in"))
    assert planned == [Task(Path("in/a.jpg"), Path("o.jpg/a.jpg"))]


def test_maps_of_confidence_are_planned_too(tmp_path):
    photographs = [Path("in/a.jpg"), Path("in/b.tif")]
    maps = plan_tasks(photographs, Path("o"), confidence=Path("m"))
    assert [task.confidence for task in maps] == [Path("m/a.png"), Path("m/b.png")]
    numbered = plan_tasks([Path("in/a.001"), Path("in/a.002")], Path("o"), confidence=Path("m"))
    assert [task.confidence for task in numbered] == [Path("m/a.001.png"), Path("m/a.002.png")]
    (one,) = plan_tasks(photographs[:1], Path("o"), confidence=Path("x/sure.PNG"))
    assert one.results == (Path("o/a.jpg"), Path("x/sure.PNG"))
    with pytest.raises(OutputError, match="one file's name, for the maps of 2 photographs"):
        plan_tasks(photographs, Path("o"), confidence=Path("sure.png"))
    with pytest.raises(OutputError, match="two results of in/a.jpg would both be written to o.png"):
        plan_tasks(photographs[:1], Path("o.png"), confidence=Path("o.png"))
    both = [Path("in/a.jpg"), Path("in/a.tif")]
    with pytest.raises(OutputError, match="would both be written to m/a.png"):
        plan_tasks(both, Path("o"), confidence=Path("m"))


def test_a_map_replaces_no_photograph_and_no_earlier_file(tmp_path):
    (task,) = planned(tmp_path, "o/a.jpg", content=None)
    with pytest.raises(OutputError, match="would replace a photograph"):
        refuse_conflicts([Task(task.source, task.target, confidence=task.source)], overwrite=True)
    earlier = tmp_path / "sure.png"
    earlier.write_bytes(b"")
    with pytest.raises(OutputError, match=r"sure\.png is there already"):
        refuse_conflicts([Task(task.source, task.target, confidence=earlier)], overwrite=False)


@pytest.mark.parametrize("sources", [["in/a", "in/a.png/b.jpg"], ["in/x/y/b.jpg", "in/x"]])
def test_a_result_is_not_put_where_others_need_a_folder(sources):
    sources = [*sources, "in/x.png/c.jpg"]
    with pytest.raises(
        OutputError, match=r"in/\w would be written to o/\w\.png, .* to be a folder"
    ):
        plan_tasks([Path(s) for s in sources], Path("o"), base=Path("in"))


@pytest.mark.parametrize("target", ["o/a.jpg", "o/x/y/a.jpg"])
def test_a_file_in_the_way_of_a_folder_is_found_before_any_work(tmp_path, target):
    (tmp_path / "o").write_bytes(b"a file")
    with pytest.raises(OutputError, match="cannot make the folder .*: a file is in its way"):
        refuse_conflicts([Task(tmp_path / "a.jpg", tmp_path / target)], overwrite=True)


def test_several_results_of_one_photograph_are_numbered(tmp_path):
    (task,) = plan_tasks([Path("in/a.b.jpg")], Path("o"), samples=3)
    assert task.results == (Path("o/a.b-1.jpg"), Path("o/a.b-2.jpg"), Path("o/a.b-3.jpg"))
    (named,) = plan_tasks([Path("in/a.jpg")], Path("x.png"), samples=2)
    assert (named.target, named.others) == (Path("x-1.png"), (Path("x-2.png"),))
    with pytest.raises(OutputError, match=r"would both be written to o/a-1\.jpg"):
        plan_tasks([Path("a.jpg"), Path("x/a.jpg")], Path("o"), samples=2)
    (tmp_path / "a-2.jpg").write_bytes(b"")
    (numbered,) = plan_tasks([tmp_path / "a.jpg"], tmp_path, samples=2)
    with pytest.raises(OutputError, match=r"a-2\.jpg is there already"):
        refuse_conflicts([numbered], overwrite=False)
