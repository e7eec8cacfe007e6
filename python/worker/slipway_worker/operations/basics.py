"""What every environment can do."""
import platform
import sys

from ..registry import names, operation


@operation("echo")
def echo(call):
    """Gives back what came."""
    return call.args, call.tensors


@operation("describe")
def describe(call):
    """What Python, torch and devices there are; torch is null where the environment has none."""
    values = {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "platform": "%s-%s" % (sys.platform, platform.machine()),
        "torch": None,
        "devices": [{"name": "cpu"}],
        "operations": names(),
    }
    try:
        import torch
    except ModuleNotFoundError:
        return values
    values["torch"] = str(torch.__version__)
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            device = torch.cuda.get_device_properties(index)
            values["devices"].append({"name": "cuda:%d" % index, "title": device.name, "memory_bytes": device.total_memory})
    return values
