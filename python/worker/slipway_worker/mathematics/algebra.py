"""Asks the process that has sympy (see forkserver). It is started when it is first needed, and again when it has ended."""
import json
import os
import subprocess
import sys

from ..errors import ModuleMissing

_SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "forkserver.py")


class Refused(Exception):
    """A task has no result: it is no mathematics, or took too long."""


class Algebra:
    def __init__(self):
        self._process, self._version = None, None

    @property
    def version(self):
        """The version of sympy; None where the environment has none."""
        self._start()
        return self._version

    def ask(self, task, *arguments):
        """The result of a task."""
        if self.version is None:
            raise ModuleMissing("sympy")
        try:
            self._process.stdin.write(json.dumps({"task": task, "arguments": arguments}) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            self._process.kill()
            raise Refused("the process for expressions ended") from error
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["ok"]

    def _start(self):
        if self._process is not None and self._process.poll() is None:
            return
        command = [sys.executable, "-I", "-X", "utf8", _SERVER]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        self._version = json.loads(self._process.stdout.readline() or "{}").get("sympy")


ALGEBRA = Algebra()
