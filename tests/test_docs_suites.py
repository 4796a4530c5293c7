"""The plugins that the how-to guides write pass the suites that they name."""

from __future__ import annotations

from pathlib import Path

from tests.test_docs_code import blocks

GUIDES = Path(__file__).parent.parent / "docs" / "how-to"


def suite_of(guide: str) -> type:
    """Return the test class of a guide, as its reader would have it."""
    names: dict[str, object] = {"__name__": __name__}
    for block in blocks(GUIDES / guide):
        exec(block, names)
    [suite] = [value for name, value in names.items() if name.startswith("Test")]
    assert isinstance(suite, type)
    return suite


TestGuideToStores = suite_of("write-a-store.md")
TestGuideToScorers = suite_of("write-a-scorer.md")
TestGuideToEmbedders = suite_of("write-an-embedder.md")
