using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;

namespace Slipway.Cloud.SkyPilot;

/// <summary>The identity that clusters are kept under on a server without logins: eight hexadecimal digits, made once.</summary>
internal static class SkyUser
{
    private const int Digits = 8;

    /// <summary>Reads the identity, or makes it.</summary>
    /// <param name="path">The absolute path of the file that keeps it.</param>
    /// <param name="cancellationToken">Ends waiting for another process that makes it.</param>
    public static async Task<Result<string>> HashAsync(string path, CancellationToken cancellationToken)
    {
        if (Kept(path) is { } kept)
        {
            return kept;
        }

        var made = LocalFiles.MakeDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return made.IsOk
            ? await LocalLock.HoldAsync(path + ".lock", "make the SkyPilot user hash", TimeSpan.FromSeconds(20), () => Task.FromResult(Make(path)), cancellationToken).ConfigureAwait(false)
            : made.Failure;
    }

    private static Result<string> Make(string path)
    {
        if (Kept(path) is { } kept)
        {
            return kept;
        }

        var hash = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Digits / 2));
        return LocalFiles.Write(path, Encoding.ASCII.GetBytes(hash + "\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite).Map(_ => hash);
    }

    private static string? Kept(string path) =>
        LocalFiles.Read(path, 64).TryGet(out var bytes, out _) && Encoding.ASCII.GetString(bytes).Trim() is { Length: Digits } text && text.All(char.IsAsciiHexDigitLower) ? text : null;
}
