using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Scripts;
using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Subjects;

namespace Slipway.Projects.Discovery;

/// <summary>
/// Turns what files and options say into one request. A script with its own metadata (PEP 723) is complete by itself; anything
/// else takes the nearest <c>requirements.txt</c>. Options add to both.
/// </summary>
/// <param name="variable">Reads an environment variable; null or empty means unset.</param>
public sealed class WorkloadDiscovery(Func<string, string?> variable)
{
    private const string RequirementsName = "requirements.txt";
    private const string PinName = ".python-version";

    /// <summary>Discovers what a workload needs.</summary>
    /// <param name="script">The absolute path of the script; null for a command.</param>
    /// <param name="workingDirectory">The absolute working directory: what relative paths in options are relative to.</param>
    /// <param name="settings">What the options say.</param>
    public Result<WorkloadDeclaration> Discover(string? script, string workingDirectory, RequestSettings settings)
    {
        var observer = new FileObserver();
        var home = variable("HOME");
        var directory = script is null ? workingDirectory : Path.GetDirectoryName(script)!;
        var files = new RequirementFiles(observer);
        if (!ReadScript(script, observer).TryGet(out var own, out var failure))
        {
            return failure;
        }

        var nearest = own.Metadata is null ? AncestorSearch.Find(directory, RequirementsName, home, observer) : null;
        IEnumerable<string> listed = [.. nearest is null ? [] : new[] { nearest }, .. settings.RequirementFiles.Select(path => Path.GetFullPath(path, workingDirectory))];
        foreach (var path in listed)
        {
            if (!files.Read(path).TryGet(out _, out failure))
            {
                return failure;
            }
        }

        if (!ParseWith(settings.With).TryGet(out var with, out failure)
            || !Wish(settings, own.Settings, workingDirectory, directory, home, observer).TryGet(out var wish, out failure)
            || !Sources(settings, own.Settings, workingDirectory, directory).TryGet(out var sources, out failure))
        {
            return failure;
        }

        var request = new EnvironmentRequest
        {
            Requirements = [.. own.Metadata?.Dependencies.Select(WithoutHashes) ?? [], .. files.Requirements, .. with.Select(WithoutHashes)],
            Constraints = files.Constraints,
            RequiresPython = own.Metadata?.RequiresPython ?? VersionSpecifierSet.Any,
            Python = wish.Request,
            Sources = sources,
            Provisioner = settings.Backend ?? own.Settings.Backend ?? "pip",
        };
        var origin = own.Metadata is not null ? "the script's own metadata" : nearest ?? "no declaration";
        return new WorkloadDeclaration(request, new Subject(script ?? $"commands in {directory}"), origin, observer.Seen);
    }

    private sealed record OwnDeclaration(ScriptMetadata? Metadata, RequestSettings Settings);

    // A class of its own, because a result cannot hold null.
    private sealed record InterpreterWish(InterpreterRequest? Request);

    private static Result<OwnDeclaration> ReadScript(string? script, FileObserver observer)
    {
        if (script is null)
        {
            return new OwnDeclaration(null, new RequestSettings());
        }

        if (!observer.Read(script, Observation.ScriptBlock).TryGet(out var text, out var failure)
            || !ScriptMetadata.Parse(text, script).TryGet(out var metadata, out failure))
        {
            return failure;
        }

        return metadata.IsPresent
            ? ScriptSettings.Read(metadata.Tool).Map(settings => new OwnDeclaration(metadata, settings))
            : new OwnDeclaration(null, new RequestSettings());
    }

    private static RequestedPackage WithoutHashes(Requirement requirement) => new(requirement, []);

    private static Result<ImmutableArray<Requirement>> ParseWith(ImmutableArray<string> texts)
    {
        var requirements = ImmutableArray.CreateBuilder<Requirement>(texts.Length);
        foreach (var text in texts)
        {
            if (!Requirement.Parse(text, new FailureLocation("--with")).TryGet(out var requirement, out var failure))
            {
                return failure;
            }

            requirements.Add(requirement);
        }

        return requirements.ToImmutable();
    }

    private Result<InterpreterWish> Wish(
        RequestSettings options, RequestSettings own, string workingDirectory, string directory, string? home, FileObserver observer)
    {
        var named = options.Python is { } flag ? InterpreterRequest.Parse(flag, workingDirectory, "--python")
            : variable("SLIPWAY_PYTHON") is { Length: > 0 } set ? InterpreterRequest.Parse(set, workingDirectory, "SLIPWAY_PYTHON")
            : own.Python is { } declared ? InterpreterRequest.Parse(declared, directory, "tool.slipway.python")
            : (Result<InterpreterRequest>?)null;
        if (named is { } result)
        {
            return result.Map(request => new InterpreterWish(request));
        }

        if (AncestorSearch.Find(directory, PinName, home, observer) is not { } pin)
        {
            return new InterpreterWish(null);
        }

        return observer.Read(pin, Observation.Content).Then(text => ReadPin(text, pin));
    }

    // pyenv's format: one version a line, comments allowed; `system` asks for nothing in particular.
    private static Result<InterpreterWish> ReadPin(string text, string pin)
    {
        var first = text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0 && !line.StartsWith('#'));
        return first is null or "system"
            ? new InterpreterWish(null)
            : InterpreterRequest.Parse(first, Path.GetDirectoryName(pin)!, pin).Map(request => new InterpreterWish(request));
    }

    private static Result<PackageSources> Sources(RequestSettings options, RequestSettings own, string workingDirectory, string directory)
    {
        var (indexText, indexOrigin) = options.IndexUrl is { } flag ? (flag, "--index-url") : (own.IndexUrl, "tool.slipway.index-url");
        string? index = null;
        if (indexText is not null && !PackageSources.ParseIndexUrl(indexText, indexOrigin).TryGet(out index, out var failure))
        {
            return failure;
        }

        var links = ImmutableArray.CreateBuilder<string>();
        foreach (var (text, baseDirectory, origin) in options.FindLinks.Select(text => (text, workingDirectory, "--find-links"))
            .Concat(own.FindLinks.Select(text => (text, directory, "tool.slipway.find-links"))))
        {
            if (!PackageSources.ParseFindLinks(text, baseDirectory, origin).TryGet(out var link, out failure))
            {
                return failure;
            }

            links.Add(link);
        }

        return PackageSources.Create(index, links.ToImmutable());
    }
}
