# SPDX-License-Identifier: Apache-2.0
import re
from html.parser import HTMLParser

import pytest

from tintype.evaluate.comparison import compare
from tintype.evaluate.evaluation import Evaluation
from tintype.evaluate.measurement import evaluate
from tintype.evaluate.report import make_comparison_page, make_report
from tintype.records.provenance import collect_provenance


class Balanced(HTMLParser):
    """Fails where an element is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "img", "input", "br", "hr", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def provenance():
    return collect_provenance(data={"six-000.tar": "abc123"})


@pytest.fixture
def found(subjects, baselines, pale) -> Evaluation:
    return evaluate(subjects, [*baselines, pale("candidate <1>")])


def test_the_page_is_made_of_the_record(found, provenance):
    again = Evaluation.from_content(found.to_content())
    page = make_report(again, provenance, title="Six photographs")
    Balanced(page)
    error = found.summary["candidate <1>"]["ciede2000"]
    assert f"{error.estimate:.2f} ({error.low:.2f} to {error.high:.2f})" in page
    for text in ("Six photographs", "candidate &lt;1&gt;", "kitchen", "portrait", "abc123"):
        assert text in page
    assert page.count("<svg") == 4


def test_without_a_gallery_there_is_no_picture_and_nothing_from_outside(found, provenance):
    page = make_report(found, provenance, title="t")
    assert "<img" not in page
    assert "data:image" not in page
    assert not re.search(r'(src|href)="http', page)


def test_a_gallery_is_put_in(found, provenance):
    from tintype.records import html

    page = make_report(found, provenance, title="t", gallery=html.paragraph("the pictures"))
    assert "<p>the pictures</p>" in page


def test_a_comparison_has_a_page(found, subjects, baselines, pale, provenance):
    other = evaluate(subjects, [*baselines, pale("other", 0.7)])
    comparison = compare(found, other)
    page = make_comparison_page(comparison, provenance)
    Balanced(page)
    assert "6 photographs that both records have" in page
