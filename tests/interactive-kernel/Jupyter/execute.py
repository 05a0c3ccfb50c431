"""Executes a notebook with nbclient; checks that its result and lab's are valid by nbformat's schema."""

import sys

import nbformat
from nbclient import NotebookClient

source, target, *others = sys.argv[1:]
notebook = nbformat.read(source, as_version=4)
NotebookClient(notebook, timeout=60).execute()
nbformat.write(notebook, target)
for path in (target, *others):
    nbformat.validate(nbformat.read(path, as_version=4))
