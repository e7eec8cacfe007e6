using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Runs.Transfer;

namespace Slipway.Cli.Commands.Host;

/// <summary>What <c>host push</c> and <c>host pull</c> share.</summary>
internal static class HostCopy
{
    /// <summary>Makes one of the copies.</summary>
    public delegate Task<Result<TransferSummary>> Copy(FileTransfer transfer, string source, string target, IProgress<TransferProgress> progress, CancellationToken cancellationToken);

    public static Command Define(string verb, string help, Argument<string> source, Argument<string> target, Output output, Func<Services> services, Copy copy)
    {
        var name = new Argument<string>("NAME") { Description = "A host that was added, or its address." };
        var command = new Command(verb, help) { name, source, target };
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var on = parsed.GetRequiredValue(name);
            if (!created.Hosts().Then(hosts => hosts.Connect(on)).TryGet(out var machine, out var failure))
            {
                return output.Fail(failure);
            }

            using (machine)
            {
                var from = parsed.GetRequiredValue(source);
                using var view = new TransferView(output, created.Time, $"Copying {from} {(verb is "push" ? "to" : "from")} {on}");
                var copied = await copy(new FileTransfer(created.Machine, machine), from, parsed.GetRequiredValue(target), view, token).ConfigureAwait(false);
                view.Dispose();
                return copied.TryGet(out var summary, out failure) ? Print(output, verb, on, summary) : output.Fail(failure);
            }
        });
        return command;
    }

    private static int Print(Output output, string verb, string on, TransferSummary summary)
    {
        foreach (var warning in summary.Warnings)
        {
            output.Say($"slipway: warning: {warning}");
        }

        if (output.IsJson)
        {
            output.Json(
                new HostCopyDocument($"slipway.host-{verb}/1", on, summary.Target, summary.Files, summary.Bytes, summary.Tool, [.. summary.Warnings]),
                HostCopyJson.Default.HostCopyDocument);
        }
        else
        {
            output.Say($"slipway: {(summary.Files == 1 ? "1 file" : $"{summary.Files} files")}, {Sizes.Text(summary.Bytes)}: {summary.Target}{(verb is "push" ? $" on {on}" : string.Empty)}");
        }

        return 0;
    }
}

/// <summary>Shows how far a copy is, once it has taken a second.</summary>
internal sealed class TransferView(Output output, TimeProvider time, string title) : IProgress<TransferProgress>, IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly BuildProgressView _view = new(output, time);
    private readonly long _began = time.GetTimestamp();
    private TimeSpan _next = Silence;

    public void Report(TransferProgress value)
    {
        var now = time.GetElapsedTime(_began);
        if (now < _next)
        {
            return;
        }

        if (_next == Silence)
        {
            _view.Stage(title);
        }

        _next = now + Step;
        _view.Detail($"Progress {value.Bytes} of {value.TotalBytes ?? 0} {(value.Files > 0 ? $"in {value.Files} files" : string.Empty)}".TrimEnd());
    }

    public void Dispose() => _view.Dispose();
}

/// <summary>What <c>host push --json</c> and <c>host pull --json</c> print.</summary>
internal sealed record HostCopyDocument(string Schema, string Host, string Target, int Files, long Bytes, string Tool, string[] Warnings);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HostCopyDocument))]
internal sealed partial class HostCopyJson : JsonSerializerContext;
