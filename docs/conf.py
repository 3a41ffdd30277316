"""How Sphinx builds the site: `make docs`. Nothing is fetched, neither when building nor when reading."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["NUMBA_DISABLE_JIT"] = "1"  # compiled behaviours are then functions, and show their source

project = "Ways out of social assistance"
author = "The authors of the simulator"
release = version = version_of("assistance-exit-simulator")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
root_doc = "index"
nitpicky = False

nb_execution_mode = "off"  # notebooks are stored and shown without output; `make notebooks` runs them
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # would be fetched from elsewhere
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_param = False  # types in words ("array of int") are no names to be looked up
default_role = "code"

html_theme = "furo"
html_title = project
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
pygments_style = "friendly"
pygments_dark_style = "native"


def write_inline_math(writer: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line as MathML, which browsers show without any script."""
    writer.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def write_math(writer: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula of its own as MathML."""
    writer.body.append(f'<div class="formula">{tex2mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Let formulas be written by `docutils` instead of a script from elsewhere."""
    app.add_html_math_renderer("mathml", (write_inline_math, None), (write_math, None))
