namespace Slipway.Machines.Processes;

/// <summary>Which stream a chunk of output came from.</summary>
public enum OutputStream
{
    /// <summary>Standard output.</summary>
    Output,

    /// <summary>Standard error.</summary>
    Error,
}

/// <summary>Receives output as it arrives. Calls may come from any thread, one at a time for each stream.</summary>
public interface IOutputSink
{
    /// <summary>Some bytes; cut anywhere, also inside a character.</summary>
    void Write(OutputStream stream, ReadOnlySpan<byte> chunk);

    /// <summary>
    /// Where the next bytes are best put, for a sink that keeps them: a machine may read them into that memory, and <see cref="Write"/> then gets
    /// a part of the same memory, from its start. Empty for anywhere.
    /// </summary>
    Span<byte> Room(OutputStream stream) => default;
}
