"""How Sphinx builds this site; warnings are errors (`make docs`)."""

import retentive
import retentive_langchain.middleware  # noqa: F401  autodoc's TYPE_CHECKING breaks it
import retentive_llamaindex  # noqa: F401  the same
import retentive_mcp.server  # noqa: F401  the same
import retentive_openai.agents
import retentive_openai.client
import retentive_openai.proxy.app  # noqa: F401  the same

project = "Retentive"
author = "The Retentive developers"
copyright = "2026, the Retentive developers"
release = version = retentive.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "Retentive"

autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
napoleon_google_docstring = True
napoleon_numpy_docstring = False

# A reference to one of our own names must lead somewhere. The rest is in other
# projects' pages, whose tables of contents would have to be downloaded.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!retentive\.).*"),
    (r"py:class", r"retentive\..*\._\w+"),  # private bases
]
