using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Environments.Requests;
using Slipway.Machines.Files;

namespace Slipway.Environments.Sources;

/// <summary>Turns a path into a requirement: the project's name is read from the file's name, or from the directory.</summary>
public static class LocalRequirement
{
    private const long MaxBytes = 1024 * 1024;

    /// <summary>Parses what may follow <c>--with</c>: a PEP 508 requirement or a path.</summary>
    /// <param name="text">The text.</param>
    /// <param name="directory">What relative paths are relative to.</param>
    /// <param name="at">Where the text stands.</param>
    public static Result<RequestedPackage> Parse(string text, string directory, FailureLocation at) => RequirementPath.IsPath(text)
        ? RequirementPath.Parse(text, at).Then(path => Read(path, directory))
        : Requirement.Parse(text, at).Map(requirement => new RequestedPackage(requirement, []));

    /// <summary>The requirement that a path stands for.</summary>
    /// <param name="path">The path.</param>
    /// <param name="directory">What it is relative to.</param>
    /// <returns><c>name @ file:///…</c>; <see cref="EnvironmentFailures.LocalSourceUnusable"/> when nothing usable is there, or nothing tells its name.</returns>
    public static Result<RequestedPackage> Read(RequirementPath path, string directory)
    {
        var full = Path.GetFullPath(path.Path, directory).TrimEnd('/');
        if (!NameOf(full).TryGet(out var name, out var failure))
        {
            return failure with { Location = path.Location };
        }

        var text = new StringBuilder(name.Normalized);
        if (!path.Extras.IsEmpty)
        {
            text.Append('[').AppendJoin(',', path.Extras).Append(']');
        }

        text.Append(" @ ").Append(LocalSources.UrlOf(full));
        if (path.Marker is { } marker)
        {
            text.Append(" ; ").Append(marker);
        }

        return Requirement.Parse(text.ToString(), path.Location).Map(requirement => new RequestedPackage(requirement, path.Hashes));
    }

    /// <summary>The name of the project that a wheel or a directory says that it is; null when nothing there says it for certain.</summary>
    internal static PackageName? KnownName(string path) =>
        path.EndsWith(".whl", StringComparison.OrdinalIgnoreCase) ? WheelFileName.Parse(Path.GetFileName(path)).TryGet(out var wheel, out _) ? wheel.Name : null
        : ProjectName(path.TrimEnd('/')) is { } text && PackageName.Parse(text).TryGet(out var name, out _) ? name
        : null;

    private static Result<PackageName> NameOf(string path)
    {
        var file = Path.GetFileName(path);
        if (RequirementPath.ArchiveEndings.FirstOrDefault(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is { } ending)
        {
            return !File.Exists(path) ? Unusable($"There is no file {path}.")
                : ending is ".whl" ? WheelFileName.Parse(file).Map(wheel => wheel.Name)
                : file.LastIndexOf('-') is > 0 and var hyphen ? PackageName.Parse(file[..hyphen])
                : Unnamed(path);
        }

        if (!Directory.Exists(path))
        {
            return Unusable($"There is no directory {path}.");
        }

        return ProjectName(path) is { } name ? PackageName.Parse(name) : Unnamed(path);
    }

    private static string? ProjectName(string directory)
    {
        if (LocalFiles.Read($"{directory}/pyproject.toml", MaxBytes).TryGet(out var project, out _)
            && TomlReader.Parse(Encoding.UTF8.GetString(project), "pyproject.toml").TryGet(out var document, out _)
            && document.FindTable("project").TryGet(out var maybe, out _) && maybe.TryGet(out var table)
            && table.GetString("name").TryGet(out var name, out _))
        {
            return name;
        }

        return LocalFiles.Read($"{directory}/setup.cfg", MaxBytes).TryGet(out var setup, out _) ? SetupName(Encoding.UTF8.GetString(setup)) : null;
    }

    private static string? SetupName(string text) => text.Split('\n')
        .SkipWhile(line => line.Trim() is not "[metadata]")
        .Skip(1)
        .TakeWhile(line => !line.StartsWith('['))
        .Select(line => line.Split('=', 2))
        .Where(parts => parts.Length == 2 && parts[0].Trim() is "name")
        .Select(parts => parts[1].Trim())
        .FirstOrDefault();

    private static Failure Unnamed(string path) => Unusable($"The name of the project in {path} is not written where it can be read without running code.") with
    {
        Hint = $"Write it before the path: NAME @ {LocalSources.UrlOf(path)}",
    };

    private static Failure Unusable(string message) => new(EnvironmentFailures.LocalSourceUnusable, message);
}
