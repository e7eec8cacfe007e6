using Slipway.Core.Failures;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.Discovery;

/// <summary>A home with files, and discovery in it.</summary>
internal sealed class Place : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public Place() => _variables["HOME"] = _folder.FullPath;

    /// <summary>Whether discovery finds a uv.</summary>
    public bool HasUv { get; init; }

    public string Root => _folder.FullPath;

    /// <summary>Reads a variable of the place.</summary>
    public string? Variables(string name) => _variables.GetValueOrDefault(name);

    /// <summary>What a file holds.</summary>
    public string Text(string relative) => File.ReadAllText(At(relative));

    public string At(string relative) => _folder.Combine(relative);

    /// <summary>Writes a file.</summary>
    public Place With(string relative, string content)
    {
        _folder.WriteFile(relative, content);
        return this;
    }

    public Place Folder(string relative)
    {
        _folder.CreateFolder(relative);
        return this;
    }

    public Place Variable(string name, string value)
    {
        _variables[name] = value;
        return this;
    }

    public Result<WorkloadDeclaration> Try(string? script, RequestSettings? settings = null, string directory = "") =>
        new WorkloadDiscovery(name => _variables.GetValueOrDefault(name), () => HasUv).Discover(
            script is null ? null : At(script), directory.Length == 0 ? Root : At(directory), settings ?? new RequestSettings());

    /// <summary>The configuration of a script, or of the place itself.</summary>
    public EffectiveConfiguration Configured(string? script, RequestSettings? settings = null)
    {
        var result = new WorkloadDiscovery(name => _variables.GetValueOrDefault(name), () => HasUv).ReadConfiguration(script is null ? null : At(script), Root, settings ?? new RequestSettings());
        Assert.True(result.IsOk, result.ToString());
        return result.Value;
    }

    public WorkloadDeclaration Discover(string? script, RequestSettings? settings = null, string directory = "")
    {
        var result = Try(script, settings, directory);
        Assert.True(result.IsOk, result.ToString());
        return result.Value;
    }

    public Failure Fail(string? script, RequestSettings? settings = null, string directory = "")
    {
        var result = Try(script, settings, directory);
        Assert.False(result.IsOk, "It went well.");
        return result.Failure;
    }

    /// <summary>The observed files, relative and as words: <c>a.py ScriptBlock</c>.</summary>
    public IReadOnlyList<string> Observed(WorkloadDeclaration declaration) =>
        [.. declaration.Files.Select(file => $"{Path.GetRelativePath(Root, file.Path)} {file.Kind}").Order(StringComparer.Ordinal)];

    /// <summary>The requirements as one line.</summary>
    public static string Asked(WorkloadDeclaration declaration) => string.Join(" | ", declaration.Request.Requirements.Select(package => package.ToLine()));

    public void Dispose() => _folder.Dispose();
}
