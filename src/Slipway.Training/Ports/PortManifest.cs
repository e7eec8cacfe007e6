using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Toml;

namespace Slipway.Training.Ports;

/// <summary>How the environment of a worker comes to be.</summary>
public enum EnvironmentChoice
{
    /// <summary>The first interpreter that already has what is needed, as it stands; built where there is none.</summary>
    Installed,

    /// <summary>Built from the requirements.</summary>
    Build,
}

/// <summary>A named choice of adapters, and of what workers run in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Adapters">The adapter of each port.</param>
public sealed record PortManifest(string Name, ImmutableSortedDictionary<Port, string> Adapters)
{
    /// <summary>Settings of adapters, as <c>adapter.setting</c>.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What a training worker needs.</summary>
    public ImmutableArray<string> Requirements { get; init; } = ["torch>=1.13.0a0"];

    /// <summary>How its environment comes to be.</summary>
    public EnvironmentChoice Prefer { get; init; } = EnvironmentChoice.Installed;

    /// <summary>The manifests that there are.</summary>
    public static ImmutableArray<PortManifest> All { get; } =
    [
        new("default", Of("tinker", "local", "files", "local", "huggingface", "noop")),
        new("local", Of("local", "local", "files", "local", "huggingface", "noop")),
        new("dev", Of("local", "local", "files", "local", "huggingface", "noop")) { Settings = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("limits.max_steps", "5").Add("limits.max_rows", "64") },
        new("prod", Of("tinker", "local", "files", "s3", "huggingface", "openai-if-configured")),
        new("test", Of("noop", "noop", "noop", "noop", "noop", "noop")),
    ];

    /// <summary>The manifest of a name.</summary>
    public static Result<PortManifest> Find(string name)
    {
        if (All.FirstOrDefault(manifest => manifest.Name == name) is { } found)
        {
            return found;
        }

        var near = NearestName.Of(name, All.Select(static manifest => manifest.Name));
        return new Failure(TrainingFailures.UnknownManifest, $"There is no port manifest {Shown.Quote(name)}{(near is null ? string.Empty : $"; did you mean '{near}'?")}")
        {
            Hint = $"There are {string.Join(", ", All.Select(static manifest => manifest.Name))}; a file of your own is named by its path.",
        };
    }

    /// <summary>The same with other adapters for some ports; of one port the last counts.</summary>
    /// <param name="overrides"><c>port=adapter</c> each.</param>
    public Result<PortManifest> With(ImmutableArray<string> overrides)
    {
        var adapters = Adapters;
        foreach (var text in overrides)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? text : text[..equals];
            if (PortNames.Find(name) is not { } port || equals < 0)
            {
                return new Failure(TrainingFailures.UnknownPort, $"{Shown.Quote(text)} chooses no adapter of a port.") { Hint = $"Ports are {string.Join(", ", PortNames.All.Select(static known => known.Name()))}, and are given as port=adapter." };
            }

            adapters = adapters.SetItem(port, text[(equals + 1)..]);
        }

        return this with { Adapters = adapters };
    }

    /// <summary>A manifest of a user's own: a table of a manifest that it begins with (<c>base</c>), <c>[ports]</c>, <c>[settings]</c> and <c>[environment]</c>.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="table">The file.</param>
    public static Result<PortManifest> Of(string name, TomlTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (!table.AllowOnly("base", "ports", "settings", "environment").Then(_ => table.FindString("base")).Then(found => Find(found.Or("default"))).TryGet(out var manifest, out var failure)
            || !Strings(table, "ports").Then(ports => manifest.With([.. ports.Select(static pair => $"{pair.Key}={pair.Value}")])).TryGet(out manifest, out failure)
            || !Strings(table, "settings").TryGet(out var settings, out failure)
            || !table.FindTable("environment").TryGet(out var environment, out failure))
        {
            return failure;
        }

        manifest = manifest with { Name = name, Settings = manifest.Settings.SetItems(settings) };
        return environment.TryGet(out var worker) ? WithEnvironment(manifest, worker) : manifest;
    }

    private static Result<PortManifest> WithEnvironment(PortManifest manifest, TomlTable worker)
    {
        if (!worker.AllowOnly("requirements", "prefer").Then(_ => worker.FindString("prefer")).TryGet(out var prefer, out var failure)
            || !(worker.TryGet("requirements", out _) ? worker.GetStrings("requirements") : manifest.Requirements).TryGet(out var requirements, out failure))
        {
            return failure;
        }

        return prefer.Or("installed") switch
        {
            "installed" => manifest with { Requirements = requirements, Prefer = EnvironmentChoice.Installed },
            "build" => manifest with { Requirements = requirements, Prefer = EnvironmentChoice.Build },
            var other => new Failure(TrainingFailures.BadConfigValue, $"{manifest.Name}: environment.prefer is {Shown.Quote(other)}, and takes installed or build."),
        };
    }

    private static Result<ImmutableSortedDictionary<string, string>> Strings(TomlTable table, string key)
    {
        var none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        return table.FindTable(key).Then(found => !found.TryGet(out var inner) ? none
            : inner.Keys.Aggregate((Result<ImmutableSortedDictionary<string, string>>)none, (all, name) => all.Then(known => inner.GetString(name).Map(value => known.SetItem(name, value)))));
    }

    private static ImmutableSortedDictionary<Port, string> Of(string training, string tokenizer, string dataset, string blob, string hub, string llm) =>
        ImmutableSortedDictionary<Port, string>.Empty
            .Add(Port.Training, training).Add(Port.Tokenizer, tokenizer).Add(Port.Dataset, dataset).Add(Port.Blob, blob).Add(Port.Hub, hub).Add(Port.Llm, llm)
            .Add(Port.Embedding, "noop").Add(Port.Vector, "noop");
}
