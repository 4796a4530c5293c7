"""Every Python block of the README and of the documentation runs as it stands.

The blocks of a page run in order and share their names. One that cannot run stands
below a line `<!-- not run: the reason -->`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from retentive import Memory

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "adapters").glob("*/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(
    r"(?P<left_out><!-- not run: *(?P<reason>.*?) *-->\n)?"
    r"^```python\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# Other ways to write Python would not be run.
ESCAPED = re.compile(
    r"^(?:```|~~~)\{?(?:py|python3|pycon|code-block|ipython)\b"
    r"|^\.\. code-block::|^ {4}(?:>>> |import \w|from \w[\w.]* import |class \w|def \w)",
    re.MULTILINE,
)


def blocks(page: Path) -> list[str]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [block["code"] for block in found if not block["left_out"]]


@contextmanager
def running(code: Sequence[str], *, page: Path) -> Iterator[None]:
    """Run blocks in order, and close what a reader's process would at its end."""
    names: dict[str, object] = {"__name__": "docs"}
    try:
        for number, block in enumerate(code, start=1):
            exec(compile(block, f"{page.name}, block {number}", "exec"), names)
        yield
    finally:
        for value in names.values():
            if isinstance(value, Memory):
                value.close()


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if "_build" not in page.parts and blocks(page)],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_a_page_s_code_runs_from_top_to_bottom(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with running(blocks(page), page=page):
        pass


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if "_build" not in page.parts],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_no_code_is_left_out_without_a_reason(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.count("<!-- not run") == sum(
        bool(block["reason"]) for block in BLOCK.finditer(text)
    ), "write <!-- not run: why --> on the line above the block"
    assert not ESCAPED.findall(BLOCK.sub("", text)), "write it as a ```python block"


def test_the_readme_shows_what_its_example_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    with running(blocks(ROOT / "README.md")[:1], page=ROOT / "README.md"):
        printed = capsys.readouterr().out
    undated = re.compile(r"\d{4}-\d\d-\d\d")
    assert undated.sub("", printed) == undated.sub("", shown)


def test_the_readme_s_first_forty_lines_say_what_it_is() -> None:
    head = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40]
    assert sum(line.startswith("* ") for line in head) <= 7
    assert any("make demo" in line for line in head)
    assert any("make test" in line for line in head)
