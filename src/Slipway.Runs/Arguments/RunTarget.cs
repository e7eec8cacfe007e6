namespace Slipway.Runs.Arguments;

/// <summary>How a target was named. What it is on disk is decided later.</summary>
public enum TargetForm
{
    /// <summary>A word: a script, a directory, or a command.</summary>
    Word,

    /// <summary><c>-m MODULE</c>.</summary>
    Module,

    /// <summary><c>-</c>: the program is read from standard input.</summary>
    StandardInput,
}

/// <summary>What to run, as it was written.</summary>
/// <param name="Form">How it was named.</param>
/// <param name="Text">The word or the module's name; <c>-</c> for standard input.</param>
public sealed record RunTarget(TargetForm Form, string Text);
