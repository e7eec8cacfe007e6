namespace Slipway.Environments;

/// <summary>Watches the work on an environment. Calls may come from any thread, one at a time.</summary>
public interface IBuildProgress
{
    /// <summary>Another stage begins: <c>Resolving numpy, rich</c>.</summary>
    void Stage(string text);

    /// <summary>What is happening within the stage right now, one line: <c>Downloading torch (800 MB)</c>.</summary>
    void Detail(string text);

    /// <summary>Something that people should know before the work goes on; the plan of what was made repeats it.</summary>
    void Warn(string text);

    /// <summary>One line of a tool's own output, as it is; most who watch have no use for it.</summary>
    /// <param name="isError">Whether it came from the tool's standard error.</param>
    /// <param name="line">The line, without control characters.</param>
    void Output(bool isError, string line)
    {
    }

    /// <summary>Someone else does the same work and is waited for.</summary>
    /// <param name="holder">Who: process, host and what is being done.</param>
    void Waiting(string holder);
}

/// <summary>Progress that nobody watches.</summary>
public sealed class NoProgress : IBuildProgress
{
    /// <summary>The only instance.</summary>
    public static NoProgress Instance { get; } = new();

    private NoProgress()
    {
    }

    /// <inheritdoc/>
    public void Stage(string text)
    {
    }

    /// <inheritdoc/>
    public void Detail(string text)
    {
    }

    /// <inheritdoc/>
    public void Warn(string text)
    {
    }

    /// <inheritdoc/>
    public void Waiting(string holder)
    {
    }
}
