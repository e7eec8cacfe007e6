using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs.Gpus;
using Slipway.Store.Layout;

namespace Slipway.Runs.Hosts;

/// <summary>Asks a host what it is and has: one call, nothing is changed there.</summary>
/// <param name="time">The clock that the host's is compared with.</param>
public sealed class HostProbe(TimeProvider time)
{
    private const long Kilobyte = 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Asks.</summary>
    /// <param name="machine">The host.</param>
    /// <param name="store">The store that was set for it; null for the one that the variables there name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<HostReport>> AskAsync(IMachine machine, string? store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var command = ProcessCommand.Create("sh", "-c", RunScripts.Probe, "sh", store ?? string.Empty) with { Timeout = Limit };
        var watch = new FirstWord(time);
        var ran = await machine.RunAsync(command, watch, cancellationToken).ConfigureAwait(false);
        if (!ran.TryGet(out var outcome, out var failure))
        {
            return failure;
        }

        var told = Told.Read(outcome.StandardOutput.Span);
        return told.One("end") is null
            ? new Failure(MachinesFailures.NoRemoteShell, $"{machine.Name} did not say what it is ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() }
            : Read(machine.Name, store, told, watch);
    }

    private static HostReport Read(string name, string? store, Told told, FirstWord watch)
    {
        string One(string key) => (told.One(key) ?? string.Empty).Trim();
        var smi = told.One("gpus");
        var gpus = smi is null ? ImmutableArray<GpuUnit>.Empty : GpuText.Parse(smi, told.One("gpu-list") ?? string.Empty, string.Empty);
        return new HostReport
        {
            Name = name,
            Connected = watch.Elapsed,
            Kernel = One("kernel"),
            Architecture = One("arch"),
            Libc = One("libc"),
            NodeName = One("name"),
            User = One("user"),
            Home = One("home"),
            Shell = One("shell"),
            Processors = int.TryParse(One("processors"), NumberStyles.None, CultureInfo.InvariantCulture, out var processors) ? processors : null,
            ClockSkew = Skew(One("clock"), watch),
            Store = Place(store, told),
            Tools = [.. Tools(told)],
            Pythons = [.. told.All("python").Select(static text => text.Split(' ', 3)).Where(static words => words.Length == 3).Select(static words => new HostPython(words[0], words[2], words[1] is "yes"))],
            Gpus = gpus.IsOk ? gpus.Value : [],
            GpuTrouble = gpus.IsOk ? null : smi!.Trim(),
        };
    }

    private static IEnumerable<HostTool> Tools(Told told)
    {
        foreach (var name in (string[])["flock", "setsid", "tar", "sha256sum", "git", "rsync", "tmux", "curl"])
        {
            if (told.One($"tool {name}") is { } text && text.Split(' ', 2) is [var path, var version])
            {
                yield return new HostTool(name, path, version.Trim());
            }
        }

        // The first is the one that would be used, as for the search of tools.
        if (told.One("uv") is { } uv && uv.Split(' ', 2) is [var place, var words])
        {
            yield return new HostTool("uv", place, words.Trim());
        }
    }

    // The rule which place is the store's is the store's own; the host told about all that it could be.
    private static HostStore? Place(string? store, Told told)
    {
        var located = StoreHome.Locate(name => name switch
        {
            "SLIPWAY_HOME" => store ?? told.One("variable SLIPWAY_HOME"),
            "HOME" => told.One("home"),
            _ => told.One($"variable {name}"),
        });
        if (!located.TryGet(out var layout, out _))
        {
            return null;
        }

        var words = told.All("place").Select(static text => text.Split(' ', 4)).FirstOrDefault(words => words.Length == 4 && string.Equals(words[3], layout.Home, StringComparison.Ordinal));
        return words is null ? null : new HostStore(
            layout.Home,
            words[0] is "yes",
            words[1] is "yes",
            long.TryParse(words[2].TrimEnd('.'), NumberStyles.None, CultureInfo.InvariantCulture, out var free) ? free * Kilobyte : null);
    }

    // The host's clock was read somewhere between our start and its first word: a difference smaller than that says nothing.
    private static TimeSpan? Skew(string clock, FirstWord watch)
    {
        if (!long.TryParse(clock, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return null;
        }

        var skew = DateTimeOffset.FromUnixTimeSeconds(seconds) - watch.Heard;
        return skew.Duration() > watch.Elapsed + TimeSpan.FromSeconds(2) ? TimeSpan.FromSeconds(Math.Round(skew.TotalSeconds)) : null;
    }

    private sealed class FirstWord(TimeProvider time) : IOutputSink
    {
        private readonly long _started = time.GetTimestamp();

        public TimeSpan Elapsed { get; private set; }

        public DateTimeOffset Heard { get; private set; }

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (Heard == default)
            {
                Elapsed = time.GetElapsedTime(_started);
                Heard = time.GetUtcNow();
            }
        }
    }
}
