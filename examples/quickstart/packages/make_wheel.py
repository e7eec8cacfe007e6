"""Makes the wheel beside it: a small package, so that the quickstart needs no network.

    python3 packages/make_wheel.py

The same source gives the same bytes, and a test checks that the committed wheel is what this makes.
"""
import base64
import hashlib
import pathlib
import sys
import zipfile

NAME, VERSION = "slipway_barchart", "1.0.0"

SOURCE = '''"""Horizontal bars for a terminal."""

__version__ = "1.0.0"


def bars(values, width=40):
    """Lines of bars for a mapping of labels to numbers, the largest filling WIDTH characters."""
    longest = max(map(len, values), default=0)
    largest = max(values.values(), default=0) or 1
    for label, value in values.items():
        yield "%s  %s %g" % (label.ljust(longest), "#" * round(width * value / largest), value)
'''

METADATA = """Metadata-Version: 2.1
Name: slipway-barchart
Version: 1.0.0
Summary: Horizontal bars for a terminal; the quickstart's dependency
Requires-Python: >=3.9
"""

WHEEL = """Wheel-Version: 1.0
Generator: slipway-quickstart
Root-Is-Purelib: true
Tag: py3-none-any
"""


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    info = "%s-%s.dist-info" % (NAME, VERSION)
    members = {"%s/__init__.py" % NAME: SOURCE, info + "/METADATA": METADATA, info + "/WHEEL": WHEEL}
    record = "".join("%s,sha256=%s,%d\n" % (path, digest(text.encode()), len(text.encode())) for path, text in members.items())
    members[info + "/RECORD"] = record + info + "/RECORD,,\n"
    with zipfile.ZipFile(folder / ("%s-%s-py3-none-any.whl" % (NAME, VERSION)), "w") as wheel:
        for path, text in members.items():
            wheel.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text)


main()
