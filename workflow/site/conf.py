"""How Sphinx builds the site from the folder that `stage.py` fills."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # the extension beside this file

project = "Iatrogenesis"
author = "Iatrogenesis maintainers"
project_copyright = "Iatrogenesis maintainers"
release = version = installed("iatrogenesis")
language = "en-GB"
locale_dirs: list[str] = []

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4  # those of code hosts, so that docs/ reads the same there
suppress_warnings = ["myst.header"]  # notebooks' and changelogs' headings may skip a level

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_rtype = False
add_module_names = False
toc_object_entries = False

html_theme = "pydata_sphinx_theme"
html_title = "Iatrogenesis"
html_static_path = [str(Path(__file__).parent / "static")]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # browsers refuse to fetch from pages opened as files
html_use_index = False  # the library has pages, and the search finds the rest
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "navigation_with_keys": False,
}
html_sidebars = {"index": []}
