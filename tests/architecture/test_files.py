# SPDX-License-Identifier: Apache-2.0
"""How a file reads: its head, its length, its public face; and what the core never does."""

import ast
from collections.abc import Collection, Iterator

import pytest

LICENCE = "# SPDX-License-Identifier: Apache-2.0\n"
MAY_PRINT_AND_EXIT = {"cli", "__main__"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 60  # lines

LEVELS = ("debug", "info", "warning", "error", "exception", "critical", "log")
BANNED = {
    *("print", "exit", "quit", "sys.exit", "os._exit", "os.abort"),
    *(f"sys.{out}.{way}write" for out in ("stdout", "stderr") for way in ("", "buffer.")),
    *("logging.basicConfig", *(f"logging.{level}" for level in LEVELS)),
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def definitions(
    body: list[ast.stmt], *, besides: Collection[str] = ()
) -> Iterator[Function | ast.ClassDef]:
    """Public functions, classes and methods, as a reader of the documentation meets them."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and (
            not node.name.startswith("_") or node.name in besides
        ):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from definitions(node.body, besides=besides)


def is_restated(node: Function | ast.ClassDef) -> bool:
    """Whether another definition of that name carries the docstring (overloads, setters)."""
    marks = [ast.unparse(mark) for mark in node.decorator_list]
    return any(mark in ("overload", "override") or mark.endswith(".setter") for mark in marks)


def count_lines(function: Function) -> int:
    """Lines of a function; a command's signature is a table of its options and not counted."""
    marks = [ast.unparse(mark) for mark in function.decorator_list]
    is_command = any(mark.startswith("app.command") for mark in marks)
    first = function.body[0] if is_command else function
    return function.end_lineno - first.lineno + 1


def vague_signatures(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of what a caller meets that takes any keyword."""
    for node in definitions(tree.body, besides=("__init__", "__call__")):
        if isinstance(node, Function) and node.args.kwarg:
            yield node.lineno, node.name


def deeds(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of what the core leaves to the faces: printing, exiting, the root's log."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            of_root = name.endswith("getLogger") and not (node.args or node.keywords)
            if name in BANNED or of_root:
                yield node.lineno, f"{name}()"
        elif isinstance(node, ast.Raise) and node.exc:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if ast.unparse(raised) == "SystemExit":
                yield node.lineno, "raise SystemExit"


def test_every_file_opens_with_its_licence(python):
    sources = [module for module in python if module.path.parts[0] != "tests"]
    assert not [str(module) for module in sources if not module.text.startswith(LICENCE)]


def test_every_file_of_the_package_says_what_it_is(package):
    assert not [str(module) for module in package if not ast.get_docstring(module.tree)]


def test_no_file_is_too_long(python):
    lengths = {str(module): module.text.count("\n") for module in python}
    assert not {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE}


def test_no_function_is_too_long(python):
    lengths = {
        f"{module}:{node.lineno} {node.name}": count_lines(node)
        for module in python
        for node in ast.walk(module.tree)
        if isinstance(node, Function)
    }
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION}


def test_everything_public_has_a_docstring(package):
    missing = [
        f"{module}:{node.lineno} {node.name}"
        for module in package
        for node in definitions(module.tree.body)
        if not is_restated(node) and not ast.get_docstring(node)
    ]
    assert not missing


def test_public_signatures_say_what_they_take(package):
    vague = [
        f"{module}:{line} {name}"
        for module in package
        for line, name in vague_signatures(module.tree)
    ]
    assert not vague


@pytest.mark.parametrize("name", ["color", "__init__", "__call__"])
def test_a_vague_signature_is_seen(name):
    text = (
        f"class A:\n    def {name}(self, **kwargs): ...\nclass _B:\n    def {name}(self, **k): ..."
    )
    assert list(vague_signatures(ast.parse(text))) == [(2, name)]


def test_the_core_neither_prints_nor_exits_nor_logs_to_root(package):
    found = [
        f"{module}:{line} {deed}"
        for module in package
        if module.floor not in MAY_PRINT_AND_EXIT
        for line, deed in deeds(module.tree)
    ]
    assert not found


@pytest.mark.parametrize(
    "deed",
    [
        "print(1)",
        "sys.exit(1)",
        "raise SystemExit",
        "raise SystemExit(2) from None",
        "sys.stderr.write('a')",
        "sys.stdout.buffer.write(b'a')",
        "logging.warning('a')",
        "logging.getLogger().warning('a')",
    ],
)
def test_what_the_core_never_does_is_seen(deed):
    assert len(list(deeds(ast.parse(deed)))) == 1


@pytest.mark.parametrize(
    "deed", ["logging.getLogger(__name__).warning('a')", "file.write('a')", "raise ValueError(1)"]
)
def test_what_it_may_do_is_not_taken_for_that(deed):
    assert not list(deeds(ast.parse(deed)))


def test_tests_mirror_the_package(python):
    floors = {module.path.parts[2:-1] for module in python if module.path.parts[0] == "src"}
    of_their_own = {"architecture", "faces", "benchmarks", "scripts"}
    astray = [
        str(module)
        for module in python
        if module.path.parts[0] == "tests"
        and module.path.parts[1:-1] not in floors
        and module.path.parts[1] not in of_their_own
    ]
    assert not astray
