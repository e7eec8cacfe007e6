using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>Asks a host what it is.</summary>
internal static class RemoteFacts
{
    private const string Script =
        """
        printf 'os=%s\narch=%s\nkernel=%s\nhost=%s\n' "$(uname -s)" "$(uname -m)" "$(uname -r)" "$(uname -n)"
        printf 'boot=%s\n' "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
        printf 'user=%s\n' "$(id -u)"
        printf 'processors=%s\n' "$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)"
        sw_libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || sw_libc=
        case $sw_libc in
            glibc*) printf 'libc=glibc\nlibcversion=%s\n' "${sw_libc#* }" ;;
            *) printf 'libc=musl\nlibcversion=\n' ;;
        esac
        sw_home=$(cd && pwd) || sw_home=$HOME
        printf 'home=%s\n' "$sw_home"
        """;

    /// <summary>The command that asks.</summary>
    public static ProcessCommand Question { get; } = ProcessCommand.Create("sh", "-c", Script) with { Timeout = TimeSpan.FromSeconds(30), CaptureLimit = 64 * 1024 };

    /// <summary>Reads the answer.</summary>
    public static Result<MachineFacts> Read(string name, ProcessOutcome outcome)
    {
        var values = outcome.OutputText.Split('\n').Select(static line => line.Split('=', 2)).Where(static pair => pair.Length == 2)
            .DistinctBy(static pair => pair[0], StringComparer.Ordinal).ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);
        string Value(string key) => values.GetValueOrDefault(key, string.Empty);
        if (!uint.TryParse(Value("user"), NumberStyles.None, CultureInfo.InvariantCulture, out var user) || Value("os").Length == 0 || !Value("home").StartsWith('/'))
        {
            return new Failure(MachinesFailures.NoRemoteShell, $"{name} did not say what it is.") { Detail = (outcome.OutputText + outcome.ErrorText).Trim() };
        }

        return new MachineFacts(
            Value("os").ToLowerInvariant(),
            Value("arch"),
            Value("libc"),
            Value("libcversion"),
            Value("kernel"),
            Value("host"),
            Value("boot"),
            user,
            Value("home"),
            int.TryParse(Value("processors"), NumberStyles.None, CultureInfo.InvariantCulture, out var processors) ? Math.Max(1, processors) : 1);
    }
}
