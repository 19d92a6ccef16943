"""How Sphinx builds this site: `sphinx-build -W -b html docs build/docs` (./test --docs does it).

The notebooks are run anew at each build, with the package that is installed beside Sphinx. What they
write to the error output, warnings included, fails a build with -W.
"""

import logging
import os
from pathlib import Path

import saltus
from docutils import nodes

HERE = Path(__file__).parent

project = "Saltus"
copyright = "the authors of Saltus"
version = release = saltus.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]

# notebooks/from_mlgenn looks for a table of names, which may not be there yet.
logging.getLogger("sphinx.sphinx.directives.other").addFilter(
    lambda record: "'/names*' didn't match" not in record.getMessage()
)

# Text.
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
default_role = "code"  # `single backticks` in docstrings
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# Notebooks.
nb_execution_mode = "force"
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_output_stderr = "remove-warn"
nb_merge_streams = True
os.environ["MATPLOTLIBRC"] = str(HERE / "matplotlibrc")

# The Python reference.
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
maximum_signature_line_length = 80
add_module_names = False
strip_signature_backslash = True  # for names that end in an underscore
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

# Pages.
html_theme = "furo"
html_title = f"Saltus {version}"
html_static_path = ["_static"]
html_css_files = ["saltus.css"]
html_theme_options = {"navigation_with_keys": True}
html_show_sphinx = False


def show_public_bases(app, name, obj, options, bases):
    """Names the public base of a class, where private ones stand between them."""
    for position, base in enumerate(bases):
        while isinstance(base, type) and f".{base.__module__}.{base.__name__}".count("._"):
            base = base.__base__
        bases[position] = base


def drop_empty_bases(app, doctree):
    """Says nothing about the base of classes that have none of ours."""
    for paragraph in list(doctree.findall(nodes.paragraph)):
        if paragraph.astext() == "Bases: object":
            paragraph.parent.remove(paragraph)


def setup(app):
    app.connect("autodoc-process-bases", show_public_bases)
    app.connect("doctree-read", drop_empty_bases)
