# SPDX-License-Identifier: Apache-2.0
"""What no file of the repository may hold: places of one machine, registries' addresses."""

import re

import pytest

MACHINE_PATHS = re.compile(r"(?<![\w.~*])(/(?:work|tmp|home|Users|root|opt)/|[A-Z]:\\Users)")
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|download\.pytorch\.org/whl|conda\.anaconda\.org|index[-_]url"
)
LINKS = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")  # of Markdown, to files of the repository
LARGEST = 12_000_000  # bytes; the network inside the package is the largest thing here


@pytest.mark.parametrize("forbidden", [MACHINE_PATHS, REGISTRIES], ids=["paths", "registries"])
def test_no_file_names_a_machine_or_a_registry(texts, forbidden):
    found = [
        f"{path}:{number}: {match[0]}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (match := forbidden.search(line))
    ]
    assert not found


def test_text_has_unix_line_ends_and_ends_with_one(texts):
    odd = [str(path) for path, text in texts.items() if "\r" in text]
    odd += [str(path) for path, text in texts.items() if text and not text.endswith("\n")]
    assert not odd


def test_nothing_large_is_committed(files, pytestconfig):
    sizes = {path: (pytestconfig.rootpath / path).stat().st_size for path in files}
    assert not {str(path): size for path, size in sizes.items() if size > LARGEST}


def test_links_between_documents_lead_somewhere(texts, pytestconfig):
    broken = [
        f"{path}: {link}"
        for path, text in texts.items()
        if path.suffix == ".md"
        for link in LINKS.findall(text)
        if not (pytestconfig.rootpath / path.parent / link).exists()
    ]
    assert not broken
