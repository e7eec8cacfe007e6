"""Makes the wheel that the sample's model needs and that no index has. The standard library is enough.

    python3 make_wheel.py
"""
import base64
import hashlib
import pathlib
import zipfile

NAME, VERSION = "slipway_sample_tuning", "1.0"
INFO = f"{NAME}-{VERSION}.dist-info"
FILES = {
    f"{NAME}.py": "A4 = 440.0\n",
    f"{INFO}/METADATA": f"Metadata-Version: 2.1\nName: {NAME.replace('_', '-')}\nVersion: {VERSION}\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: sample\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}


def line(path, text):
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(text.encode())}\n"


record = "".join(line(path, text) for path, text in FILES.items()) + f"{INFO}/RECORD,,\n"
wheel = pathlib.Path(__file__).resolve().parent / f"{NAME}-{VERSION}-py3-none-any.whl"
with zipfile.ZipFile(wheel, "w") as archive:
    for path, text in {**FILES, f"{INFO}/RECORD": record}.items():
        archive.writestr(path, text)
print(wheel)
