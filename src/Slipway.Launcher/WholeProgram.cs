using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;

namespace Slipway.Launcher;

/// <summary>The managed program, which knows every verb; it lies in <c>app/</c> beside the launcher.</summary>
internal static class WholeProgram
{
    /// <summary>Replaces this process by it; returns only when that fails.</summary>
    public static int Become(byte[][] arguments)
    {
        var own = Environment.ProcessPath ?? "/proc/self/exe";
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(own))!, "app", "slipway");
        var name = PosixText.Encode(path);
        var image = new ExecImage(name, [name, .. arguments], StartupEnvironment.Read().Variables.ToArray());
        var failure = ExecHandOff.Exec(image);
        StandardError.WriteLine($"slipway: error {failure.Code.Id}: {failure.Message}");
        return (int)failure.Code.Exit;
    }
}
