using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Runs.Transfer;

namespace Slipway.Runs.Distant;

/// <summary>Slipway's own executable, to be carried to where it runs a verb without this machine.</summary>
/// <param name="Path">The executable, absolute.</param>
public sealed record CarriedProgram(string Path)
{
    private const string Name = "slipway";

    /// <summary>The program that runs now.</summary>
    public static CarriedProgram Own => new(Environment.ProcessPath ?? throw new InvalidOperationException("This process has no executable."));

    /// <summary>The SHA-256 of its bytes, where it is a single native file: anything else runs only beside its .NET.</summary>
    public Result<Sha256Digest> Digest()
    {
        if (LocalFiles.Exists($"{Path}.dll"))
        {
            return new Failure(RunFailures.NotCarriable, $"{Path} needs .NET beside it, so it cannot be carried to another machine.");
        }

        try
        {
            using var stream = File.OpenRead(Path);
            return Sha256Digest.Parse(Convert.ToHexStringLower(SHA256.HashData(stream)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(RunFailures.NotCarriable, $"{Path} cannot be read: {exception.Message}");
        }
    }

    /// <summary>Has the program on a host, and says where: below its tools, by its content, so that it is sent once.</summary>
    /// <param name="here">This machine.</param>
    /// <param name="host">The host.</param>
    /// <param name="progress">Watches.</param>
    /// <param name="cancellationToken">Ends it; nothing half is left in place.</param>
    public async Task<Result<string>> BringAsync(IMachine here, BuildHost host, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(progress);
        if (host.Facts is not { OperatingSystem: "linux", Architecture: "x86_64", LibcKind: "glibc" })
        {
            return new Failure(RunFailures.NotCarriable, $"{host.Machine.Name} is {host.Facts.PlatformKey}, and Slipway's program is made for linux-x86_64 with glibc.") { Hint = "Run it attached, without --detach: then only Python runs there." };
        }

        if (!Digest().TryGet(out var digest, out var failure))
        {
            return failure;
        }

        var target = $"{host.Layout.Tool(Name, digest.Hex)}/{Name}";
        if (!(await host.Machine.StatAsync(target, cancellationToken).ConfigureAwait(false)).TryGet(out var status, out failure))
        {
            return failure;
        }

        if (status.Exists)
        {
            return target;
        }

        progress.Stage($"sending slipway to {host.Machine.Name}");
        var sent = await new FileTransfer(here, host.Machine).PushAsync(Path, target, progress: null, cancellationToken).ConfigureAwait(false);
        return sent.Map(_ => target);
    }
}
