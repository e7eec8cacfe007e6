using Slipway.Environments;
using Spectre.Console;

namespace Slipway.Cli.Terminal;

/// <summary>
/// Shows what is happening on standard error: one live line at a terminal, a line a stage elsewhere. Nothing is loaded or
/// shown before the first stage, so that a run which finds its environment ready stays silent and quick.
/// </summary>
internal sealed class BuildProgressView(Output output, TimeProvider time) : IBuildProgress, IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _warnings = new(StringComparer.Ordinal);
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _began = time.GetTimestamp();
    private Task? _live;
    private StatusContext? _status;
    private string _stage = string.Empty;
    private string _lastDetail = string.Empty;

    /// <inheritdoc/>
    public void Stage(string text)
    {
        text = Plain.Line(text);
        lock (_gate)
        {
            _stage = text;
            if (output.IsQuiet)
            {
                return;
            }

            if (!IsLive)
            {
                output.People.WriteLine($"slipway: {text}");
                return;
            }

            _live ??= StartLive();
            Show(text);
        }
    }

    /// <inheritdoc/>
    public void Detail(string text)
    {
        text = Plain.Line(WithoutOrigin(text));
        lock (_gate)
        {
            if (output.IsQuiet || string.Equals(text, _lastDetail, StringComparison.Ordinal))
            {
                return;
            }

            _lastDetail = text;
            if (IsLive)
            {
                Show($"{_stage}: {Transfer(text)}");
            }
            else if (!text.StartsWith("Progress ", StringComparison.Ordinal))
            {
                output.People.WriteLine($"slipway:   {text}");
            }
        }
    }

    /// <inheritdoc/>
    public void Warn(string text)
    {
        lock (_gate)
        {
            if (!_warnings.Add(text))
            {
                return;
            }

            if (_live is not null)
            {
                // It would be written over; the next stage shows one again.
                Dispose();
                (_live, _status, _ended) = (null, null, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            output.Say($"slipway: warning: {text}");
        }
    }

    /// <inheritdoc/>
    public void Waiting(string holder) => Stage($"Waiting for {holder.ReplaceLineEndings(" ").Trim()}");

    /// <summary>Takes the live line away. What it was shown for may have failed, so nothing is said.</summary>
    public void Dispose()
    {
        _ = _ended.TrySetResult();
        _live?.GetAwaiter().GetResult();
    }

    /// <summary>The work is done: with a stage shown before, says how long it all took.</summary>
    public void Complete()
    {
        Dispose();
        if (_stage.Length > 0)
        {
            output.Say($"slipway: ready after {time.GetElapsedTime(_began).TotalSeconds:0.0} s");
        }
    }

    internal bool IsLive => output.UsesColor && !Console.IsErrorRedirected;

    private Task StartLive()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output.People) });
        var ended = _ended.Task;
        return console.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(_stage), context =>
        {
            _status = context;
            return ended;
        });
    }

    private void Show(string text)
    {
        if (_status is { } status)
        {
            status.Status = Markup.Escape(text);
        }
    }

    // pip says of each requirement which file of ours asked for it; that file means nothing to people.
    private static string WithoutOrigin(string text)
    {
        var origin = text.IndexOf(" (from -r ", StringComparison.Ordinal);
        return origin < 0 ? text : text[..origin];
    }

    // pip's machine-readable progress: "Progress 1048576 of 8388608"; our own may say more after that, and 0 for a sum that is not known.
    private static string Transfer(string text)
    {
        var words = text.Split(' ');
        return words is ["Progress", var done, "of", var all, .. var more] && long.TryParse(done, out var have) && long.TryParse(all, out var total)
            ? string.Join(' ', [total > 0 ? $"{Sizes.Text(have)} of {Sizes.Text(total)}" : Sizes.Text(have), .. more])
            : text;
    }
}
