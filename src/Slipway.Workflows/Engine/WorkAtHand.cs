namespace Slipway.Workflows.Engine;

/// <summary>
/// Which work an engine has at hand. What was seen of files stays true as long as no node does any: nodes that are had from before change nothing. So a look
/// that thousands of them need is taken once.
/// </summary>
internal sealed class WorkAtHand
{
    private int _begun;
    private int _running;

    /// <summary>A mark of a time in which nothing is done; null while something is. Of the same mark is the same time.</summary>
    public int? Calm
    {
        get
        {
            var begun = Volatile.Read(ref _begun);
            return Volatile.Read(ref _running) == 0 ? begun : null;
        }
    }

    /// <summary>Says that work begins, which may change files.</summary>
    public void Begin()
    {
        Interlocked.Increment(ref _running);
        Interlocked.Increment(ref _begun);
    }

    /// <summary>Says that it is over.</summary>
    public void End() => Interlocked.Decrement(ref _running);
}
