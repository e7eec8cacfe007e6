namespace Slipway.TestKit;

/// <summary>Starts programs from an argument list; no shell and no quoting is involved.</summary>
public static class CommandRunner
{
    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="CommandTimeoutException">It took too long; it and its descendants were killed.</exception>
    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    public static async Task<CommandResult> RunAsync(
        string program, IReadOnlyList<string> arguments, CommandOptions? options = null, CancellationToken cancellation = default)
    {
        await using var command = Start(program, arguments, options);
        return await command.WaitAsync(cancellation);
    }

    /// <summary>Starts a program, found on <c>PATH</c> unless its name has a slash.</summary>
    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    public static RunningCommand Start(string program, IReadOnlyList<string> arguments, CommandOptions? options = null)
    {
        var path = Programs.TryFind(program) ?? throw new FileNotFoundException($"There is no program '{program}'.", program);
        return new RunningCommand(path, arguments, options ?? new CommandOptions());
    }
}
