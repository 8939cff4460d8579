"""Printed paths become files of the workspace, or are known to be a library's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.debugging.failures import read_symptom
from claude_sidecar.debugging.model import Failure, Frame, Related
from claude_sidecar.debugging.placing import Locator, innermost, placed_frames

SAMPLES = Path(__file__).with_name("samples")
FILES = (
    "src/shop/cart.py",
    "src/main/java/com/acme/shop/Cart.java",
    "src/other/java/com/acme/depot/Cart.java",
    "app/Cart.kt",
    "web/src/price.ts",
    "Shop/Cart.cs",
    "cart.c",
    ".venv/lib/python3.11/site-packages/requests/api.py",
    "node_modules/left-pad/index.js",
    "vendor/autoload.php",
    "a b/ü.py",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("printed", "package", "found"),
    [
        pytest.param("src/shop/cart.py", None, "src/shop/cart.py", id="relative"),
        pytest.param("./src/shop/cart.py", None, "src/shop/cart.py", id="dot"),
        pytest.param("{folder}/src/shop/cart.py", None, "src/shop/cart.py", id="absolute"),
        pytest.param("/app/src/shop/cart.py", None, "src/shop/cart.py", id="container"),
        pytest.param("/usr/src/app/src/shop/cart.py", None, "src/shop/cart.py", id="usr-src"),
        pytest.param("/home/runner/work/p/p/src/shop/cart.py", None, "src/shop/cart.py", id="ci"),
        pytest.param("shop/cart.py", None, "src/shop/cart.py", id="from-within"),
        pytest.param("../project/src/shop/cart.py", None, "src/shop/cart.py", id="from-beside"),
        pytest.param("C:\\work\\p\\Shop\\Cart.cs", None, "Shop/Cart.cs", id="windows"),
        pytest.param("file://{folder}/a%20b/%C3%BC.py", None, "a b/ü.py", id="uri"),
        pytest.param("file:///C:/p/web/src/price.ts", None, "web/src/price.ts", id="windows-uri"),
        pytest.param("webpack://shop/./src/price.ts?3f2a", None, "web/src/price.ts", id="webpack"),
        pytest.param("webpack-internal:///./src/price.ts", None, "web/src/price.ts", id="internal"),
        pytest.param("http://localhost:5173/src/price.ts?t=1", None, "web/src/price.ts", id="http"),
        pytest.param("cart.c", None, "cart.c", id="name"),
        pytest.param(
            "Cart.java", "com/acme/shop", "src/main/java/com/acme/shop/Cart.java", id="java"
        ),
        pytest.param("Cart.kt", "com/acme/shop", "app/Cart.kt", id="kotlin"),
        pytest.param("Cart.java", "com/other", None, id="ambiguous"),
        pytest.param("/etc/passwd", None, None, id="elsewhere"),
        pytest.param("../../../etc/hostname", None, None, id="upwards"),
    ],
)
def test_place(folder: Path, printed: str, package: str | None, found: str | None) -> None:
    frame = Frame("f", printed.format(folder=folder), 1, package=package)
    placed = Locator([str(folder)]).place(frame)
    assert placed.path == (None if found is None else f"{folder}/{found}")
    assert placed.origin == ("elsewhere" if found is None else "own")


@pytest.mark.parametrize(
    "printed",
    [
        "{folder}/.venv/lib/python3.11/site-packages/requests/api.py",
        "/app/node_modules/left-pad/index.js",
        "{folder}/vendor/autoload.php",
        "/usr/lib/python3.11/json/__init__.py",
        "C:\\Python311\\Lib\\json\\decoder.py",
        "<frozen importlib._bootstrap>",
        "node:internal/modules/cjs/loader",
        "/rustc/59807616e1/library/core/src/panicking.rs",
        "/home/ci/.cargo/registry/src/index/anyhow-1.0.86/src/lib.rs",
        "/usr/local/go/src/runtime/panic.go",
        "/root/go/pkg/mod/github.com/x/y@v1.2.3/z.go",
        "/usr/include/c++/12/bits/stl_vector.h",
        "../sysdeps/nptl/libc_start_call_main.h",
        "/var/lib/gems/3.1.0/gems/rails-7.0/lib/rails.rb",
        "<internal:kernel>",
    ],
)
def test_libraries_are_known_as_such(folder: Path, printed: str) -> None:
    frame = Frame("f", printed.format(folder=folder), 1)
    assert Locator([str(folder)]).place(frame).origin == "library"


def test_a_link_out_of_the_workspace_is_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("x\n", encoding="utf-8")
    (folder / "link.py").symlink_to(secret)
    assert Locator([str(folder)]).place(Frame("f", "link.py", 1)).path is None


def test_the_innermost_own_frame_is_where_it_failed_first(folder: Path) -> None:
    library = Frame("get", "/usr/lib/python3.11/json/__init__.py", 3)
    cause = Failure("Python", "exception", "A", "a", (library, Frame("f", "src/shop/cart.py", 7)))
    outer = Failure(
        "Python",
        "exception",
        "B",
        "b",
        (Frame("g", "cart.c", 1),),
        related=(Related("caused by", cause),),
    )
    chosen = innermost(placed_frames(outer, Locator([str(folder)])))
    assert chosen is not None
    assert (chosen.path, chosen.frame.line) == (f"{folder}/src/shop/cart.py", 7)


def test_a_real_traceback_of_a_container(tmp_path: Path) -> None:
    for name in ("stats.py", "report.py", "test_report.py"):
        (tmp_path / name).write_text("x\n", encoding="utf-8")
    text = (SAMPLES / "pytest_native.txt").read_text(encoding="utf-8")
    symptom = read_symptom(text)
    assert symptom.main is not None
    chosen = innermost(placed_frames(symptom.main, Locator([str(tmp_path)])))
    assert chosen is not None
    assert (chosen.path, chosen.frame.line) == (f"{tmp_path}/stats.py", 3)


@given(st.text(max_size=80), st.none() | st.text(max_size=20))
def test_any_path(printed: str, package: str | None) -> None:
    Locator(["/nowhere"]).place(Frame("f", printed, 1, package=package))
