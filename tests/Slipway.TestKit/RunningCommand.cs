using System.Diagnostics;
using System.Text;

namespace Slipway.TestKit;

/// <summary>
/// A started program. Both of its pipes are always drained, so it never blocks on output. It leads a session of its
/// own where the program <c>setsid</c> is there, so that also its orphans can be found and ended.
/// </summary>
public sealed class RunningCommand : IAsyncDisposable
{
    private static readonly string? Setsid = Programs.TryFind("setsid");
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Process _process;
    private readonly string _title;
    private readonly CommandOptions _options;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly OutputLog _log = new();
    private readonly StringBuilder _stdout = new();
    private readonly StringBuilder _stderr = new();
    private readonly Task<CommandResult> _completion;

    internal RunningCommand(string program, IReadOnlyList<string> arguments, CommandOptions options)
    {
        _title = string.Join(' ', [program, .. arguments]);
        _options = options;
        _process = new Process { StartInfo = Describe(program, arguments, options) };
        _process.Start();
        Id = _process.Id;
        _completion = CompleteAsync();
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>Whether the program has ended; its output may still be open.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The standard output so far.</summary>
    public string Stdout => _log.Read(_stdout);

    /// <summary>The standard error so far.</summary>
    public string Stderr => _log.Read(_stderr);

    /// <summary>Waits for the end of the program and of its output.</summary>
    /// <exception cref="CommandTimeoutException">It took longer than its options allow; the whole tree was killed.</exception>
    public async Task<CommandResult> WaitAsync(CancellationToken cancellation = default)
    {
        try
        {
            return await _completion.WaitAsync(Remaining(), cancellation);
        }
        catch (TimeoutException timeout)
        {
            var state = HasExited ? "ended, but something holds its output open" : "did not end";
            KillTree();
            throw new CommandTimeoutException(Explain($"{state} within {_options.Timeout}"), timeout);
        }
    }

    /// <summary>
    /// Waits for a line on either stream, looking first at those already written; the same question twice gives the
    /// same line.
    /// </summary>
    /// <param name="predicate">Must be quick: it runs while output is read.</param>
    /// <param name="timeout">How long to wait; null is until the program's own time is up.</param>
    /// <exception cref="CommandTimeoutException">There was no such line in time, or the output ended without it.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> predicate, TimeSpan? timeout = null)
    {
        var limit = timeout ?? Remaining();
        try
        {
            return await _log.FindLineAsync(predicate).WaitAsync(limit)
                ?? throw new CommandTimeoutException(Explain("ended its output without the awaited line"));
        }
        catch (TimeoutException late)
        {
            throw new CommandTimeoutException(Explain($"did not write the awaited line within {limit}"), late);
        }
    }

    /// <summary>Writes a line to stdin, which <see cref="CommandOptions.KeepInputOpen"/> keeps open.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteAsync(line + "\n");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Closes stdin.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Sends a signal by number to the program alone; nothing when it has ended.</summary>
    public void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            Native.Kill(Id, signal);
        }
    }

    /// <summary>Kills the program alone with SIGKILL, as a crash does; what it started lives on.</summary>
    public void KillHard() => Signal(Native.SigKill);

    /// <summary>Kills the program, its descendants and the rest of its session.</summary>
    public void KillTree() => ProcessTree.Kill(_process);

    /// <summary>Kills what is left of it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_completion.IsCompleted)
        {
            KillTree();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo Describe(string program, IReadOnlyList<string> arguments, CommandOptions options)
    {
        var start = new ProcessStartInfo(Setsid ?? program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
            WorkingDirectory = options.WorkingFolder ?? string.Empty,
        };
        foreach (var argument in (IEnumerable<string>)(Setsid is null ? arguments : [program, .. arguments]))
        {
            start.ArgumentList.Add(argument);
        }

        if (!options.InheritEnvironment)
        {
            start.Environment.Clear();
        }

        foreach (var (name, value) in options.Environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return start;
    }

    private TimeSpan Remaining()
    {
        var remaining = _options.Timeout - _clock.Elapsed;
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    private async Task FeedAsync()
    {
        try
        {
            await _process.StandardInput.WriteAsync(_options.StandardInput ?? string.Empty);
            await _process.StandardInput.FlushAsync();
            if (!_options.KeepInputOpen)
            {
                _process.StandardInput.Close();
            }
        }
        catch (IOException)
        {
            // It ended without reading: that is its own affair.
        }
    }

    private async Task<CommandResult> CompleteAsync()
    {
        var input = FeedAsync();
        var output = _log.DrainAsync(_process.StandardOutput, _stdout);
        var error = _log.DrainAsync(_process.StandardError, _stderr);
        var stdout = await output;
        var stderr = await error;
        await _process.WaitForExitAsync();
        await input;
        return new CommandResult(_process.ExitCode, stdout, stderr, _clock.Elapsed);
    }

    private string Explain(string what) => $"{_title}\n{what}.\n--- stdout ---\n{Stdout}\n--- stderr ---\n{Stderr}";
}
