using System.Collections.Immutable;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Environments;
using Slipway.Environments.Locks;

namespace Slipway.Projects.Locks;

/// <summary>
/// The lock of a project, as colleagues and CI get it: what was resolved here, without anything of this machine. Paths are relative to it, and it is
/// for every patch release of its Python: those of one minor version install the same files.
/// </summary>
internal static class ProjectLock
{
    private const string Ours = "slipway";
    private const string Requirements = "requirements";
    private const string Tree = "tree";
    private const string TreePath = "path";

    /// <summary>The text of a lock.</summary>
    /// <param name="plan">A resolved plan.</param>
    /// <param name="directory">The absolute directory that the lock will lie in.</param>
    public static string Text(EnvironmentPlan plan, string directory)
    {
        var document = plan.Lock!.Document;
        return PylockWriter.Write(document with
        {
            Environments = plan.Interpreter is { Markers: var markers } ? [MarkerOf(markers)] : document.Environments,
            Packages = [.. document.Packages.Select(package => Portable(package, directory))],
            Tool = Facts(document, directory),
        });
    }

    private static Marker MarkerOf(MarkerEnvironment markers) => Marker.Parse(
        $"sys_platform == '{markers.SysPlatform}' and platform_machine == '{markers.PlatformMachine}' "
        + $"and implementation_name == '{markers.ImplementationName}' and python_version == '{markers.PythonVersion}'").Value;

    private static PylockPackage Portable(PylockPackage package, string directory)
    {
        var portable = package with
        {
            Archive = Portable(package.Archive, directory),
            Sdist = Portable(package.Sdist, directory),
            Wheels = [.. package.Wheels.Select(wheel => Portable(wheel, directory)!)],
        };
        return package.Directory is not null && FactsOf(package.Tool) is { } facts && facts.GetString(TreePath).TryGet(out var tree, out _)
            ? portable with
            {
                Directory = package.Directory with { Path = Path.GetRelativePath(directory, tree) },
                Tool = facts.GetString(Tree).TryGet(out var digest, out _) ? new TomlTableBuilder().Add(Ours, new TomlTableBuilder().Add(Tree, digest).Build()).Build() : null,
            }
            : portable;
    }

    private static PylockFile? Portable(PylockFile? file, string directory) =>
        file is not null && PortablePath.Of(file.Url, directory) is { } path ? file with { Url = null, Path = path } : file;

    // Where packages are looked for is configuration; a lock names the files themselves.
    private static TomlTable? Facts(Pylock document, string directory)
    {
        if (FactsOf(document.Tool) is not { } facts || !facts.GetStrings(Requirements).TryGet(out var lines, out _))
        {
            return document.Tool;
        }

        var kept = new TomlTableBuilder().AddStrings(Requirements, lines.Select(line => PortablePath.Relative(line, directory)).Order(StringComparer.Ordinal));
        foreach (var key in facts.Keys.Where(static key => key is not (Requirements or "find-links")))
        {
            facts.TryGet(key, out var value);
            kept.Add(key, value!);
        }

        return new TomlTableBuilder().Add(Ours, kept.Build()).Build();
    }

    private static TomlTable? FactsOf(TomlTable? tool) => tool is not null && tool.TryGet(Ours, out var value) ? value as TomlTable : null;
}
