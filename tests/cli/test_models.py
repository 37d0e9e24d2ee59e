# SPDX-License-Identifier: Apache-2.0
import json
from dataclasses import asdict

from tintype.cli.main import main
from tintype.spec.models import MODELS


def test_models_are_listed_with_what_decides_between_them(capsys):
    assert main(["models"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.split() == ["name", "parameters", "size", "hints", "license"]
    assert [row.split()[0] for row in rows] == list(MODELS)


def test_models_as_json_are_the_table(capsys):
    assert main(["models", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(
        json.dumps([asdict(spec) for spec in MODELS.values()])
    )
