# SPDX-License-Identifier: Apache-2.0
"""The best, the middle and the worst photographs of an evaluation, to be looked at.

Chosen by one candidate's ΔE00, as the record has it, so that nobody chooses what to show. The
photographs are coloured again for it; a divider lies between each colouring and the truth.
"""

from collections.abc import Sequence

import numpy as np

from tintype.evaluate.candidates import Candidate
from tintype.evaluate.evaluation import Evaluation
from tintype.evaluate.examination import GREY, TRUE, color_subject, list_entries
from tintype.evaluate.options import EvaluateOptions
from tintype.evaluate.photographs import Subject
from tintype.evaluate.pictures import encode_jpeg
from tintype.records import html
from tintype.records.html import Markup

_LONGEST = 480  # pixels of a picture's long side on the page


def choose_photographs(evaluation: Evaluation, name: str, *, each: int) -> dict[str, list[int]]:
    """The photographs on which a candidate is best, middling and worst.

    Args:
        evaluation: what was measured.
        name: of the candidate.
        each: how many of each kind; fewer where there are not so many photographs.

    Returns:
        Indices by kind; no photograph stands under two.
    """
    order = np.argsort(evaluation.rows[name]["ciede2000"], kind="stable").tolist()
    each = min(each, len(order) // 3)
    if not each:
        return {"all": order}
    middle = (len(order) - each) // 2
    return {
        "best": order[:each],
        "middle": order[middle : middle + each],
        "worst": order[-each:],
    }


def make_gallery(
    evaluation: Evaluation,
    subjects: Sequence[Subject],
    candidates: Sequence[Candidate],
    options: EvaluateOptions,
    *,
    each: int,
) -> Markup:
    """Colour the chosen photographs again, and show them.

    Args:
        evaluation: of these subjects and candidates.
        subjects: in the evaluation's order.
        candidates: those to show; the first decides what is best and worst.
        options: as they were in the evaluation.
        each: how many best, middle and worst ones.
    """
    entries = list_entries(candidates, options)
    leader = candidates[0].name
    blocks = [
        html.paragraph(
            f"Chosen by {leader}'s ΔE00. Left of each divider the colouring, right of it the true "
            f"photograph; pictures are reduced to {_LONGEST} pixels at most."
        )
    ]
    for kind, chosen in choose_photographs(evaluation, leader, each=each).items():
        blocks.append(html.element("h3", kind))
        for index in chosen:
            pictures = color_subject(subjects[index], entries, options)
            files = {name: encode_jpeg(p, longest=_LONGEST) for name, p in pictures.items()}
            key = subjects[index].key
            shown = [html.figure(html.image(files[GREY], alt=f"{key}, grey"), caption=key)]
            for entry in entries:
                error = evaluation.rows[entry.name]["ciede2000"][index]
                divided = html.comparison(
                    files[entry.name], files[TRUE], alt=key, labels=(entry.name, "true")
                )
                shown.append(html.figure(divided, caption=f"{entry.name}: ΔE00 {error:.2f}"))
            blocks.append(html.grid(*shown))
    return html.join(*blocks)
