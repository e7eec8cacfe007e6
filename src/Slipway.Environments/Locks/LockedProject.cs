using System.Collections.Immutable;
using Slipway.Core.Locks;
using Slipway.Core.Toml;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Locks;

/// <summary>
/// Between the project that is installed editable and its entry in a PEP 751 document: a directory, without the version, which its sources may
/// change. Where it lies on this machine and what its build reads stand under <c>[packages.tool.slipway]</c>.
/// </summary>
internal static class LockedProject
{
    private const string Ours = "slipway";
    private const string DirectoryKey = "path";
    private const string InputsKey = "inputs";

    /// <summary>The entry of a project.</summary>
    public static PylockPackage Create(EditableProject project) => new()
    {
        Name = project.Name,
        Directory = new PylockDirectory(".", IsEditable: true),
        Tool = new TomlTableBuilder()
            .Add(Ours, new TomlTableBuilder().Add(DirectoryKey, project.Directory).AddStrings(InputsKey, project.Inputs).Build())
            .Build(),
    };

    /// <summary>The project that an entry of ours is about; null for any other entry, and for one of a project's own lock, which does not say where it lies.</summary>
    public static EditableProject? Read(PylockPackage package) =>
        package is { Directory.IsEditable: true, Tool: { } tool } && tool.TryGet(Ours, out var value) && value is TomlTable facts
        && facts.GetString(DirectoryKey).TryGet(out var directory, out _) && facts.TryGet(InputsKey, out _) && facts.GetStrings(InputsKey).TryGet(out var inputs, out _)
            ? new EditableProject(package.Name, directory, [.. inputs])
            : null;

    /// <summary>The project of a document; null when it has none.</summary>
    public static EditableProject? Of(Pylock document) => document.Packages.Select(Read).FirstOrDefault(project => project is not null);
}
