namespace Slipway.TestKit;

/// <summary>A program, or a line of its output, did not come in time; the message holds the output so far.</summary>
public sealed class CommandTimeoutException : Exception
{
    /// <summary>Without a message.</summary>
    public CommandTimeoutException()
    {
    }

    /// <summary>With what was waited for and the output so far.</summary>
    public CommandTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public CommandTimeoutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
