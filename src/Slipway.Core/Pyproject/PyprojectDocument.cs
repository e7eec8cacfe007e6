using Slipway.Core.Failures;
using Slipway.Core.Toml;

namespace Slipway.Core.Pyproject;

/// <summary>
/// A <c>pyproject.toml</c> as far as everybody needs it: that it is TOML, what it declares, and its <c>[tool]</c> table.
/// The declarations themselves are judged by <see cref="Read"/>, so that a file which is only passed by may hold mistakes.
/// </summary>
public sealed class PyprojectDocument
{
    private readonly TomlTable _root;

    private PyprojectDocument(TomlTable root, TomlTable tool)
    {
        _root = root;
        Tool = tool;
    }

    /// <summary>Whether it has a <c>[project]</c> table (PEP 621).</summary>
    public bool HasProject => _root.TryGet("project", out _);

    /// <summary>Whether it has a <c>[dependency-groups]</c> table (PEP 735).</summary>
    public bool HasGroups => _root.TryGet("dependency-groups", out _);

    /// <summary>The <c>[tool]</c> table; empty when there is none.</summary>
    public TomlTable Tool { get; }

    /// <summary>Parses a document.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="sourceName">The file's name for messages.</param>
    /// <returns>The document, or a failure with line and column when it is no TOML or <c>tool</c> is no table.</returns>
    public static Result<PyprojectDocument> Parse(string text, string sourceName) =>
        TomlReader.Parse(text, sourceName).Then(static root => root.FindTable("tool").Map(tool => new PyprojectDocument(root, tool.Or(TomlTable.Empty))));

    /// <summary>Reads <c>[project]</c> and the names of <c>[dependency-groups]</c>.</summary>
    /// <returns>
    /// What it declares, or a failure with its place: a rule of PEP 621 or PEP 735 is broken, or the dependencies are dynamic
    /// (<see cref="CoreFailures.DependenciesDynamic"/>).
    /// </returns>
    public Result<PyprojectDeclaration> Read() => PyprojectReader.Read(_root);

    /// <summary>Reads <c>[build-system]</c>.</summary>
    /// <returns>Where its backend lies in the tree; a failure with its place when a value has the wrong type.</returns>
    public Result<BuildSystem> ReadBuildSystem()
    {
        if (!_root.FindTable("build-system").TryGet(out var found, out var failure)
            || !found.Or(TomlTable.Empty).FindString("build-backend").TryGet(out var backend, out failure)
            || !found.Or(TomlTable.Empty).GetStrings("backend-path").TryGet(out var paths, out failure))
        {
            return failure;
        }

        return new BuildSystem(backend.OrDefault()?.Split(':')[0].Split('.')[0], [.. paths]);
    }
}
