"""How Sphinx builds the site. `make docs` does it; what is read there comes from the site alone."""

import sys
import warnings
from pathlib import Path

from sphinx_gallery.sorting import FileNameSortKey

import motherlode

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # for docs.generate

project = "motherlode"
author = "The motherlode developers"
copyright = "2026, the motherlode developers"
version = release = motherlode.__version__
extensions = [
    "sphinx.ext.autodoc",
    "docs.generate.pages",
    "docs.generate.mathml",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = [
    "_build",
    "generate",
    "sg_execution_times.rst",
    "gallery/sg_execution_times.rst",
    "gallery/**/*.ipynb",
    "gallery/**/*.py",
]
suppress_warnings = ["config.cache"]  # the gallery's settings hold a class
highlight_language = "none"
default_role = "py:obj"
toc_object_entries_show_parents = "hide"

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # docstrings have the types
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

sphinx_gallery_conf = {
    "examples_dirs": str(ROOT / "examples"),
    "gallery_dirs": "gallery",
    "filename_pattern": r"\.py$",
    "within_subsection_order": FileNameSortKey,
    "backreferences_dir": "gallery/of_names",
    "doc_module": ("motherlode",),
    "reference_url": {"motherlode": None},
    "show_memory": False,
    "show_signature": False,
    "remove_config_comments": True,
    "download_all_examples": True,
    "min_reported_time": 5,
    "parallel": 2,
}
warnings.filterwarnings("ignore", message="Matplotlib is currently using agg")

html_math_renderer = "mathml"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_theme = "pydata_sphinx_theme"
html_title = "motherlode"
html_copy_source = False
html_show_sourcelink = False
html_permalinks_icon = "#"
html_theme_options = {
    "navigation_depth": 2,
    "show_nav_level": 1,
    "collapse_navigation": True,
    "show_toc_level": 2,
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "secondary_sidebar_items": ["page-toc", "sg_download_links"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
