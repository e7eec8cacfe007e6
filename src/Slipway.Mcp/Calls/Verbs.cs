using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Processes;

namespace Slipway.Mcp.Calls;

/// <summary>
/// Runs verbs of our own program, each as a process: what it does is no part of this one, and a job that it starts outlives both. Standard input is closed, an argument list is given and never a shell,
/// and the child knows that an assistant is behind it (<c>SLIPWAY_CALLER=mcp</c>), so that it asks nobody and approves nothing.
/// </summary>
/// <param name="machine">This machine.</param>
/// <param name="executable">The program.</param>
/// <param name="guard">Cleans all that is answered.</param>
public sealed class Verbs(IMachine machine, string executable, TextGuard guard)
{
    private const int MostBytes = 8 * 1024 * 1024;
    private const string ErrorSchema = "slipway.error/1";
    private static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    private static readonly EnvironmentChanges Caller = EnvironmentChanges.None with { Set = EnvironmentChanges.None.Set.Add("SLIPWAY_CALLER", "mcp").Add("NO_COLOR", "1") };

    /// <summary>The program.</summary>
    public string Executable => executable;

    /// <summary>Runs a verb to its end.</summary>
    /// <param name="words">Its command line, without the program.</param>
    /// <param name="folder">Where; null for this process's own directory.</param>
    /// <param name="progress">Is told the lines that it says to people, clean.</param>
    /// <param name="cancellationToken">Ends the verb.</param>
    public async Task<ToolAnswer> RunAsync(ImmutableArray<string> words, string? folder, Action<string>? progress, CancellationToken cancellationToken)
    {
        if (folder is not null && !Directory.Exists(folder))
        {
            return ToolAnswer.Fail(new Failure(McpFailures.InvalidArgument, $"There is no directory {guard.Short(folder)}."));
        }

        var command = new ProcessCommand(executable, words) { Environment = Caller, WorkingDirectory = folder, Timeout = Longest, CaptureLimit = MostBytes };
        var ran = await machine.RunAsync(command, progress is null ? null : new Lines(guard, progress), cancellationToken).ConfigureAwait(false);
        return ran.TryGet(out var outcome, out var failure) ? Read(words, outcome) : ToolAnswer.Fail(failure);
    }

    private ToolAnswer Read(ImmutableArray<string> words, ProcessOutcome outcome)
    {
        if (outcome.Truncated || Parse(outcome.StandardOutput) is not { } document)
        {
            return ToolAnswer.Fail(new Failure(McpFailures.AnswerUnreadable, $"`slipway {string.Join(' ', words.Take(2))}` ended with {outcome.Describe()} and gave no JSON document.")
            {
                Detail = guard.Short(outcome.ErrorText),
            });
        }

        var clean = guard.Clean(document);
        return string.Equals(Text(clean, "schema"), ErrorSchema, StringComparison.Ordinal) ? ToolAnswer.Fail(Error(clean)) : ToolAnswer.Of(clean);
    }

    private ToolError Error(JsonElement document)
    {
        var code = Text(document, "code") ?? McpFailures.AnswerUnreadable.Id;
        var exit = document.TryGetProperty("exit_code", out var value) && value.TryGetInt32(out var number) ? number : (int)ExitCode.Defect;
        var name = Text(document, "name") is { } given ? given : ErrorNames.Of(code, exit);
        return new ToolError(name, code, guard.Short(Text(document, "message") ?? "It failed."), guard.Short(Text(document, "hint") ?? string.Empty), ErrorNames.IsRetryable(exit))
        {
            Text = Text(document, "detail") is { } detail ? guard.Short(detail) : null,
        };
    }

    private static JsonElement? Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement document, string name) => document.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>Cuts standard error into lines.</summary>
    private sealed class Lines(TextGuard guard, Action<string> told) : IOutputSink
    {
        private const int LongestLine = 4096;
        private readonly List<byte> _line = [];

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (stream is not OutputStream.Error)
            {
                return;
            }

            foreach (var one in chunk)
            {
                if (one is (byte)'\n' or (byte)'\r')
                {
                    Tell();
                }
                else if (_line.Count < LongestLine)
                {
                    _line.Add(one);
                }
            }
        }

        private void Tell()
        {
            var text = guard.Short(Encoding.UTF8.GetString([.. _line]));
            _line.Clear();
            if (text.Length > 0)
            {
                told(text);
            }
        }
    }
}
