using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Scripts;
using Slipway.Core.Versions;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
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
            || !Wish(settings, own, workingDirectory, directory, home, observer).TryGet(out var wish, out failure)
            || !Sources(settings, own, workingDirectory, directory).TryGet(out var sources, out failure)
            || !Backend(settings, own).TryGet(out var backend, out failure))
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
            Provisioner = backend,
        };
        var origin = own.Metadata is not null ? "the script's own metadata" : nearest ?? "no declaration";
        return new WorkloadDeclaration(request, new Subject(script ?? $"commands in {directory}"), origin, observer.Seen);
    }

    private sealed record OwnDeclaration(ScriptMetadata? Metadata, RequestSettings Settings)
    {
        /// <summary>A refusal of one of the script's own settings, at its place.</summary>
        public Failure Refused(Failure failure, string key) =>
            Metadata is null ? failure : ScriptSettings.Refused(failure, Metadata.Tool, key);
    }

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
        RequestSettings options, OwnDeclaration own, string workingDirectory, string directory, string? home, FileObserver observer)
    {
        var named = options.Python is { } flag ? InterpreterRequest.Parse(flag, workingDirectory, "--python")
            : variable("SLIPWAY_PYTHON") is { Length: > 0 } set ? InterpreterRequest.Parse(set, workingDirectory, "SLIPWAY_PYTHON")
            : own.Settings.Python is { } declared ? Declared(own, declared, directory)
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

    private static Result<InterpreterRequest> Declared(OwnDeclaration own, string text, string directory)
    {
        var parsed = InterpreterRequest.Parse(text, directory, "tool.slipway.python");
        return parsed.IsOk ? parsed : own.Refused(parsed.Failure, "python");
    }

    private static Result<string> Backend(RequestSettings options, OwnDeclaration own)
    {
        var kind = options.Backend ?? own.Settings.Backend ?? "pip";
        return ProvisionerCatalogue.Default.Find(kind).TryGet(out _, out var failure) ? kind
            : options.Backend is null ? own.Refused(failure, "backend")
            : failure;
    }

    // pyenv's format: the first word of the first line that is no comment; `system` asks for nothing in particular.
    private static Result<InterpreterWish> ReadPin(string text, string pin)
    {
        var lines = text.Split('\n');
        var index = Array.FindIndex(lines, line => line.Trim() is { Length: > 0 } content && content[0] != '#');
        if (index < 0 || lines[index].Trim().Split([' ', '\t'])[0] is not { } word || word is "system")
        {
            return new InterpreterWish(null);
        }

        return InterpreterRequest.Parse(word, Path.GetDirectoryName(pin)!, pin).TryGet(out var request, out var failure)
            ? new InterpreterWish(request)
            : failure with { Code = ProjectFailures.MalformedPin, Location = new FailureLocation(pin, index + 1) };
    }

    // Sources of options replace those of the script: together they would be sources that nobody has asked for.
    private static Result<PackageSources> Sources(RequestSettings options, OwnDeclaration own, string workingDirectory, string directory)
    {
        if (options.IndexUrl is not null || !options.FindLinks.IsEmpty)
        {
            return Sources(options, workingDirectory, "--", (failure, _) => failure);
        }

        return Sources(own.Settings, directory, "tool.slipway.", own.Refused);
    }

    private static Result<PackageSources> Sources(
        RequestSettings settings, string directory, string prefix, Func<Failure, string, Failure> refused)
    {
        const string Index = "index-url";
        const string Links = "find-links";
        Failure? failure;
        ImmutableArray<PackageIndex> indexes = [];
        if (settings.IndexUrl is { } text)
        {
            if (!PackageSources.ParseIndexUrl(text, prefix + Index).TryGet(out var url, out failure))
            {
                return refused(failure, Index);
            }

            indexes = [new PackageIndex(url)];
        }

        var links = ImmutableArray.CreateBuilder<string>();
        foreach (var given in settings.FindLinks)
        {
            if (!ExistingLinks(given, directory, prefix + Links).TryGet(out var link, out failure))
            {
                return refused(failure, Links);
            }

            links.Add(link);
        }

        return PackageSources.Create(indexes, links.ToImmutable()).TryGet(out var sources, out failure) ? sources : refused(failure, Links);
    }

    // pip only warns of a directory that is not there, and then finds nothing.
    private static Result<string> ExistingLinks(string text, string directory, string origin) =>
        PackageSources.ParseFindLinks(text, directory, origin).Then<string>(link => !Path.IsPathRooted(link) || Directory.Exists(link)
            ? link
            : new Failure(EnvironmentFailures.SourceRefused, $"{origin}: there is no directory {link}."));
}
