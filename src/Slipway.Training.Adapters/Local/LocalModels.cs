using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Local;

/// <summary>A base model as the worker finds it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">The absolute directory with its files; null for one that is built in.</param>
internal sealed record LocalModel(string Name, string? Path)
{
    /// <summary>The arguments that name it.</summary>
    public JsonObject Arguments => Path is null
        ? new JsonObject { ["base_model"] = Name }
        : new JsonObject { ["base_model"] = Name, ["base_path"] = Path };
}

/// <summary>Finds base models: built-in ones, directories, and repositories of a hub, in this order.</summary>
internal sealed partial class LocalModels(IHubClient? hub)
{
    /// <summary>The built-in models, as the worker has them.</summary>
    public static ImmutableArray<string> BuiltIn { get; } = ["tiny-byte", "tiny-byte-teacher"];

    // What loading a model can need, and no weights in a form that runs code.
    private static readonly ImmutableArray<string> Patterns = ["*.json", "*.safetensors", "tokenizer*", "*.model", "vocab*", "merges.txt", "*.tiktoken", "*.jinja"];

    /// <summary>Finds a model.</summary>
    public async Task<Result<LocalModel>> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (BuiltIn.Contains(name, StringComparer.Ordinal))
        {
            return new LocalModel(name, Path: null);
        }

        // An absolute path is the worker's to look at, which may be on another machine.
        if (Path.IsPathRooted(name) || Directory.Exists(name))
        {
            return new LocalModel(name, Path.GetFullPath(name));
        }

        if (!Repository().IsMatch(name) || hub is null)
        {
            var nearest = NearestName.Of(name, BuiltIn) is { } near ? $" Did you mean {near}?" : string.Empty;
            return new Failure(AdapterFailures.UnknownModel, $"There is no model {Shown.Quote(name)}: it is not built in ({string.Join(", ", BuiltIn)} are), and no directory here.{nearest}");
        }

        var brought = await hub.SnapshotAsync(new HubRepository(name), Patterns, cancellationToken).ConfigureAwait(false);
        return brought.Map(path => new LocalModel(name, path));
    }

    [GeneratedRegex(@"^[A-Za-z0-9][\w.-]*/[\w.-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Repository();
}
