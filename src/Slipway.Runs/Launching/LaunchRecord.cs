using System.Collections.Immutable;
using System.Text;

namespace Slipway.Runs.Launching;

/// <summary>What about a file a launch record checks.</summary>
public enum CheckKind
{
    /// <summary>The digest of the whole content.</summary>
    Content,

    /// <summary>The digest of the script's metadata block; empty text when it has none.</summary>
    ScriptBlock,

    /// <summary>That nothing is there.</summary>
    Absence,

    /// <summary>Device, inode, size and modification time.</summary>
    Stamp,

    /// <summary>That something is there, whatever it holds.</summary>
    Presence,
}

/// <summary>One thing that must still be true for a launch to be repeated.</summary>
/// <param name="Kind">What is checked.</param>
/// <param name="Expected">The digest or stamp as text; empty for an absence and a presence.</param>
/// <param name="Path">The absolute path.</param>
public sealed record LaunchCheck(CheckKind Kind, string Expected, string Path);

/// <summary>
/// A launch that was prepared once, with all that must still be true to repeat it. A flat text file, because reading it must cost
/// next to nothing: no JSON, no TOML, one line a fact.
/// </summary>
public sealed record LaunchRecord
{
    /// <summary>The first line.</summary>
    public const string Header = "slipway-launch/1";

    /// <summary>What is checked before the launch.</summary>
    public ImmutableArray<LaunchCheck> Checks { get; init; } = [];

    /// <summary>The lease file.</summary>
    public required string Lease { get; init; }

    /// <summary>The <c>meta.json</c> that must be there once the lease is held.</summary>
    public required string Meta { get; init; }

    /// <summary>The file to execute.</summary>
    public required string Executable { get; init; }

    /// <summary>Argument 0 and the arguments before the workload's own.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>Variables to remove.</summary>
    public ImmutableArray<string> Unset { get; init; } = [];

    /// <summary>Variables to set.</summary>
    public ImmutableArray<Assignment> Set { get; init; } = [];

    /// <summary>Variables to put text before.</summary>
    public ImmutableArray<Assignment> Prepend { get; init; } = [];

    /// <summary>What to tell the person at every launch.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The record as text.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        Line(text, Header);
        foreach (var check in Checks)
        {
            Line(text, "check", check.Kind.ToString(), check.Expected, check.Path);
        }

        Line(text, "lease", Lease);
        Line(text, "meta", Meta);
        Line(text, "exec", Executable);
        Each(text, "arg", Arguments);
        Each(text, "unset", Unset);
        foreach (var (name, value) in Set)
        {
            Line(text, "set", name, value);
        }

        foreach (var (name, value) in Prepend)
        {
            Line(text, "prepend", name, value);
        }

        Each(text, "warning", Warnings);
        Line(text, "end");
        return text.ToString();
    }

    /// <summary>Reads a record; null when it is not whole or not of this version.</summary>
    public static LaunchRecord? Parse(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var reader = new LaunchRecordReader();
        foreach (var range in text.AsSpan().Split('\n'))
        {
            if (!reader.Take(text[range]))
            {
                return null;
            }
        }

        return reader.Result;
    }

    private static void Each(StringBuilder text, string tag, ImmutableArray<string> values)
    {
        foreach (var value in values)
        {
            Line(text, tag, value);
        }
    }

    private static void Line(StringBuilder text, params ReadOnlySpan<string> fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0)
            {
                text.Append('\t');
            }

            text.Append(LaunchText.Escape(fields[i]));
        }

        text.Append('\n');
    }
}
