using System.Collections.Immutable;
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

    /// <summary>Compiles and checks a conda environment, and records what its activation changes.</summary>
    public const string CondaDriver = "conda_driver.py";

    /// <summary>Has uv resolve.</summary>
    public const string UvDriver = "uv_driver.py";

    /// <summary>Prints which packages an interpreter has.</summary>
    public const string SiteFacts = "site_facts.py";

    // What each script imports lies beside it, and is there before it.
    private static readonly ImmutableArray<string> PipModules =
        ["index_upstream.py", "index_sources.py", "index_findings.py", "index_gate.py", "pip_preferred.py", "pip_sources.py", "pip_words.py", "pip_project.py"];

    /// <summary>The text of a script.</summary>
    public static byte[] Read(string name)
    {
        using var stream = typeof(EmbeddedScripts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not embedded.");
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }

    /// <summary>Puts a script, and what it imports, on a machine, under their digest, unless they are there already.</summary>
    /// <returns>Its absolute path on that machine.</returns>
    public static async Task<Result<string>> PlaceAsync(
        IMachine machine, StoreLayout layout, string name, CancellationToken cancellationToken)
    {
        var files = (name is PipDriver ? PipModules : name is UvDriver ? PipModules.Add(PipDriver) : []).Add(name).Select(file => (Name: file, Content: Read(file))).ToList();
        var folder = layout.Tool("driver", Sha256Digest.Of([.. files.SelectMany(file => file.Content)]).Hex);
        var path = $"{folder}/{name}";
        var status = await machine.StatAsync(path, cancellationToken).ConfigureAwait(false);
        if (status.TryGet(out var found, out _) && found.Exists && found.Size == files[^1].Content.Length)
        {
            return path;
        }

        foreach (var file in files)
        {
            var written = await machine
                .WriteFileAsync($"{folder}/{file.Name}", file.Content, UnixFileMode.UserRead | UnixFileMode.UserWrite, cancellationToken)
                .ConfigureAwait(false);
            if (!written.TryGet(out _, out var failure))
            {
                return failure;
            }
        }

        return path;
    }
}
