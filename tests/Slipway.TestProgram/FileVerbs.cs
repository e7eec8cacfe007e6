using Slipway.Core.Failures;
using Slipway.Machines.Files;

namespace Slipway.TestProgram;

/// <summary>File operations under another user's rights.</summary>
internal static class FileVerbs
{
    public static int Write(string path) => Report(LocalFiles.Write(path, "text"u8.ToArray(), UnixFileMode.UserRead));

    public static int RemoveTree(string path) => Report(LocalFiles.RemoveTree(path));

    private static int Report(Result<Unit> result)
    {
        Bytes.WriteText(result.IsOk ? "ok" : result.Failure.ToString());
        return result.IsOk ? 0 : (int)result.Failure.Code.Exit;
    }
}
