# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from pathlib import Path

import pytest

from scripts import release
from tintype.errors import OptionError
from tintype.spec.models import FOLDER, MODELS

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / release.TABLE).read_text()


def test_a_row_written_anew_from_the_same_network_is_the_same():
    spec = MODELS["tintype-s"]
    assert release.write_row(TABLE, spec, name="tintype-s") == TABLE


def test_a_row_has_the_new_networks_values():
    spec = replace(MODELS["tintype-s"], sha256="ab12", size=192, parameters=1_234_567, hints=False)
    written = release.write_row(
        TABLE, replace(spec, name="other", file="/x.onnx"), name="tintype-s"
    )
    names: dict = {}
    exec(compile(written, "models.py", "exec"), names | {"__file__": __file__}, names)  # noqa: S102
    assert names["MODELS"]["tintype-s"] == spec


def test_a_row_that_is_not_there_is_refused():
    with pytest.raises(OptionError, match="0 rows called tintype-x"):
        release.write_row(TABLE, MODELS["tintype-s"], name="tintype-x")


def test_the_whole_chain_in_order(tmp_path, monkeypatch):
    for folder in ("src/tintype/spec", "data/hires", "data/val"):
        (tmp_path / folder).mkdir(parents=True)
    for folder in (release.PACKAGE, release.EVALUATIONS, release.BENCHMARKS):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / release.TABLE).write_text(TABLE)
    former = tmp_path / release.EVALUATIONS / "tintype-s-test.json"
    former.write_text("of the network before")
    monkeypatch.chdir(tmp_path)
    ran = []

    def pretend(module, *words):
        """Leave what the command would leave."""
        ran.append(" ".join(map(str, (module, *words))))
        out = Path(words[words.index("--out") + 1]) if "--out" in words else None
        if words[:1] == ("export",):
            for suffix in (".onnx", ".safetensors"):
                source = (FOLDER / "tintype-s.onnx").with_suffix(suffix)
                (release.OUT / f"tintype-s{suffix}").write_bytes(source.read_bytes())
        elif out is not None:
            out.mkdir(parents=True, exist_ok=True)
            (out / ("cost.json" if module == "benchmarks" else "evaluation.json")).write_text("{}")

    monkeypatch.setattr(release, "run", pretend)
    members = ["--member", "r=runs/a,runs/b", "--member=s=tintype-s", "--member=t=runs/c"]
    words = ["tintype-s", *members, "--data", "data", "--gain=1.5"]
    monkeypatch.setattr("sys.argv", ["release", *words])
    assert release.main() == 0
    assert [line.split(" --")[0] for line in ran] == [
        "tintype export r s t",
        "scripts.model_record tintype-s",
        "scripts.training_record tintype-s runs/a runs/b",
        "scripts.training_record tintype-s-3 runs/c",
        "tintype evaluate tintype-s",
        "tintype evaluate tintype-s",
        "tintype evaluate tintype-s",
        "benchmarks cost",
        "scripts.documents",
    ]
    assert "--run runs/b --run tintype-s --run runs/c" in ran[0]
    assert ran[0].endswith("--like tintype-s --gain=1.5")
    assert not any("data/test" in line for line in ran)
    assert sorted(f.name for f in (tmp_path / release.EVALUATIONS).iterdir()) == [
        f"tintype-s-{kind}.json" for kind in ("hints", "sizes", "val")
    ]
    assert (tmp_path / release.TABLE).read_text() == TABLE
    assert (tmp_path / release.PACKAGE / "tintype-s.safetensors").exists()


@pytest.mark.parametrize("text", ["tintype_s", "=runs/a", "tintype_s=", "tintype_s=runs/a,"])
def test_a_member_that_is_none_is_refused(text, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["release", "tintype-s", "--member", text, "--data", "data"])
    with pytest.raises(SystemExit) as refused:
        release.main()
    assert refused.value.code == 2
    assert "--member" in capsys.readouterr().err
