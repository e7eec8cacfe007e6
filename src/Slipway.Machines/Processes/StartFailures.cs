using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>The words for an error of <c>execve</c> or <c>posix_spawn</c>.</summary>
internal static class StartFailures
{
    public static Failure From(string path, int errno)
    {
        switch (errno)
        {
            case Errno.NoEntry or Errno.NotDirectory:
                return StatX.ReadAt(Descriptor.CurrentDirectory, PosixText.EncodeTerminated(path), out _, follow: true) == 0
                    ? NotExecutable(path, "the interpreter that it names does not exist")
                    : NotFound(path);
            case Errno.AccessDenied or Errno.NotPermitted:
                return NotExecutable(path, "permission denied");
            case Errno.NotExecutableFormat:
                return NotExecutable(path, "it is neither a program for this machine nor a script that names its interpreter");
            case Errno.LinkLoop or Errno.NameTooLong or Errno.IsDirectory or Errno.TextFileBusy:
                return NotExecutable(path, Errno.Describe(errno));
            case Errno.ArgumentsTooLong:
                return new Failure(MachinesFailures.CommandInvalid, $"Cannot start {path}: its arguments and variables are longer than the system allows.");
            default:
                return Refused(path, errno);
        }
    }

    public static Failure NotFound(string name) => new(MachinesFailures.ProgramNotFound, $"Cannot start {name}: no such program.");

    public static Failure NotExecutable(string path, string why) => new(MachinesFailures.ProgramNotExecutable, $"Cannot start {path}: {why}.");

    public static Failure Refused(string path, int errno) => new(MachinesFailures.StartRefused, $"Cannot start {path}: {Errno.Describe(errno)}.");

    public static Failure NoDirectory(string directory) =>
        new(MachinesFailures.WorkingDirectoryMissing, $"The working directory {directory} does not exist or is not a directory.");
}
