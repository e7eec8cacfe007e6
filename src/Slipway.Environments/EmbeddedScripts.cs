using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Store.Layout;

namespace Slipway.Environments;

/// <summary>The Python programs that travel with Slipway to the machine where environments are built.</summary>
internal static class EmbeddedScripts
{
    /// <summary>Prints an interpreter's facts.</summary>
    public const string InterpreterFacts = "interpreter_facts.py";

    /// <summary>Unpacks pip, makes wheels, compiles and checks.</summary>
    public const string PipDriver = "pip_driver.py";

    /// <summary>Prints which packages an interpreter has.</summary>
    public const string SiteFacts = "site_facts.py";

    /// <summary>The text of a script.</summary>
    public static byte[] Read(string name)
    {
        using var stream = typeof(EmbeddedScripts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not embedded.");
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }

    /// <summary>Puts a script on a machine, under its content's digest, unless it is there already.</summary>
    /// <returns>Its absolute path on that machine.</returns>
    public static async Task<Result<string>> PlaceAsync(
        IMachine machine, StoreLayout layout, string name, CancellationToken cancellationToken)
    {
        var content = Read(name);
        var path = $"{layout.Tool("driver", Sha256Digest.Of(content).Hex)}/{name}";
        var status = await machine.StatAsync(path, cancellationToken).ConfigureAwait(false);
        if (status.TryGet(out var found, out _) && found.Exists && found.Size == content.Length)
        {
            return path;
        }

        var written = await machine
            .WriteFileAsync(path, content, UnixFileMode.UserRead | UnixFileMode.UserWrite, cancellationToken)
            .ConfigureAwait(false);
        return written.Map(_ => path);
    }
}
