# SPDX-License-Identifier: Apache-2.0
"""How a file reads: its head, its length, its public face; and what the core never does."""

import ast
from collections.abc import Iterator

LICENCE = "# SPDX-License-Identifier: Apache-2.0\n"
MAY_PRINT_AND_EXIT = {"cli", "__main__"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 60  # lines

Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_public(node: ast.AST) -> bool:
    return not getattr(node, "name", "").startswith("_")


def definitions(body: list[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    """Public functions, classes and methods, as a reader of the documentation meets them."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and is_public(node):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from definitions(node.body)


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


def calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a module calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


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
        f"{module}:{node.lineno} {node.name}"
        for module in package
        for node in definitions(module.tree.body)
        if isinstance(node, Function) and node.args.kwarg
    ]
    assert not vague


def test_the_core_neither_prints_nor_exits_nor_logs_to_root(package):
    banned = {"print", "exit", "quit", "sys.exit", "os._exit", "logging.basicConfig"}
    levels = ("debug", "info", "warning", "error", "exception", "critical", "log")
    banned |= {f"logging.{level}" for level in levels}
    found = [
        f"{module}:{line} calls {name}"
        for module in package
        if module.floor not in MAY_PRINT_AND_EXIT
        for line, name in calls(module.tree)
        if name in banned
    ]
    assert not found


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
