using Slipway.Core.Failures;

namespace Slipway.Workflows.Graphs;

/// <summary>One thing that is wrong with a workflow's file.</summary>
/// <param name="Code">The stable code.</param>
/// <param name="Pointer">Where in the file: a JSON pointer (RFC 6901).</param>
/// <param name="Message">One sentence.</param>
public sealed record GraphProblem(FailureCode Code, string Pointer, string Message)
{
    /// <summary>What to do; null for the code's own remedy.</summary>
    public string? Hint { get; init; }

    /// <summary>Whether a run has to stop for it; a warning is only told.</summary>
    public bool IsError { get; init; } = true;

    /// <summary>A pointer to members of members.</summary>
    public static string At(params ReadOnlySpan<string> members)
    {
        var pointer = string.Empty;
        foreach (var member in members)
        {
            pointer += $"/{member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
        }

        return pointer;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(Pointer.Length == 0 ? "/" : Pointer)}: {Message}";
}
