namespace Slipway.TestKit;

/// <summary>The build backend that <see cref="SdistBuilder"/> puts into its archives.</summary>
internal static class SdistBackend
{
    /// <summary>Python source for PEP 517; Python 3.6 and later, standard library only.</summary>
    internal const string Source =
        """"
        """Builds a pure wheel from src/ and PKG-INFO, the same bytes each time."""
        import base64
        import hashlib
        import os
        import signal
        import sys
        import zipfile

        import testkit_backend_plan as plan

        DIST_INFO = plan.STEM + ".dist-info"
        WHEEL = "Wheel-Version: 1.0\nGenerator: slipway-testkit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


        def _fail(message):
            sys.stderr.write(message + "\n")
            sys.stderr.flush()
            raise SystemExit(1)


        def _hang():
            if plan.HANG_MARK is not None:
                with open(plan.HANG_MARK, "w") as mark:
                    mark.write("%d\n" % os.getpid())
            while True:
                signal.pause()


        def _dist_info():
            with open("PKG-INFO", "rb") as stream:
                yield "METADATA", stream.read()
            yield "WHEEL", WHEEL.encode()
            if plan.SCRIPTS:
                yield "entry_points.txt", ("[console_scripts]\n" + "\n".join(plan.SCRIPTS) + "\n").encode()


        def _modules():
            for folder, folders, files in os.walk("src"):
                folders.sort()
                for name in sorted(files):
                    path = os.path.join(folder, name)
                    with open(path, "rb") as stream:
                        yield os.path.relpath(path, "src").replace(os.sep, "/"), stream.read()


        def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
            if plan.METADATA_FAILURE is not None:
                _fail(plan.METADATA_FAILURE)
            folder = os.path.join(metadata_directory, DIST_INFO)
            os.mkdir(folder)
            for name, content in _dist_info():
                with open(os.path.join(folder, name), "wb") as stream:
                    stream.write(content)
            return DIST_INFO


        def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
            if plan.BUILD_FAILURE is not None:
                _fail(plan.BUILD_FAILURE)
            if plan.HANGS:
                _hang()
            members = list(_modules()) + [(DIST_INFO + "/" + name, content) for name, content in _dist_info()]
            record = ""
            for path, content in members:
                digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
                record += "%s,sha256=%s,%d\n" % (path, digest, len(content))
            record += DIST_INFO + "/RECORD,,\n"
            members.append((DIST_INFO + "/RECORD", record.encode()))
            file_name = plan.STEM + "-py3-none-any.whl"
            with zipfile.ZipFile(os.path.join(wheel_directory, file_name), "w", zipfile.ZIP_STORED) as archive:
                for path, content in members:
                    entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
                    entry.external_attr = 0o100644 << 16
                    archive.writestr(entry, content)
            return file_name

        """";
}
