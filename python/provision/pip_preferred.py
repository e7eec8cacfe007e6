"""Runs pip, which tries the versions that a lock had before it tries newer ones.

    pip_preferred.py PREFERENCES PIP ARG...

PREFERENCES is a file with lines NAME==VERSION, written by Slipway; PIP is pip's runner. pip knows versions that must be, and none
that are merely liked. It tries the candidates of a name in the order of their sort key, so a version that is liked is put before all
others there: it is taken when nothing speaks against it, and left when something does. Standard library and pip itself.
"""
import os
import runpy
import sys


def read(path):
    with open(path, encoding="utf-8") as stream:
        return dict(line.strip().split("==", 1) for line in stream if "==" in line)


def prefer(liked):
    from pip._internal.index.package_finder import CandidateEvaluator
    from pip._vendor.packaging.utils import canonicalize_name
    from pip._vendor.packaging.version import Version
    versions = {name: Version(text) for name, text in liked.items()}
    usual = CandidateEvaluator._sort_key

    def sort_key(self, candidate, *more, **named):
        return (versions.get(canonicalize_name(candidate.name)) == candidate.version,) + usual(self, candidate, *more, **named)

    CandidateEvaluator._sort_key = sort_key


def main():
    preferences, pip = sys.argv[1:3]
    sys.path.insert(0, os.path.dirname(os.path.dirname(pip)))
    prefer(read(preferences))
    sys.path.pop(0)
    sys.argv = [pip] + sys.argv[3:]
    runpy.run_path(pip, run_name="__main__")


main()
