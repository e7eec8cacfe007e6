using Slipway.Core.Failures;

namespace Slipway.Machines.Ssh.Transport;

/// <summary>Why a connection failed.</summary>
internal enum SshFault
{
    /// <summary>Something else.</summary>
    Other,

    /// <summary>The host could not be reached.</summary>
    Unreachable,

    /// <summary>The host is there, and nobody answers on that port.</summary>
    Refused,

    /// <summary>No key of ours was accepted.</summary>
    Authentication,

    /// <summary>The host's key is not known.</summary>
    HostKeyUnknown,

    /// <summary>The host's key is another one than before.</summary>
    HostKeyChanged,

    /// <summary>The connection broke.</summary>
    Lost,

    /// <summary>An open connection took no further session.</summary>
    Multiplexing,
}

/// <summary>Reads what the OpenSSH client wrote in English; its exit code is 255 for all of it.</summary>
internal static class SshDiagnosis
{
    private static readonly (string Words, SshFault Fault)[] Known =
    [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", SshFault.HostKeyChanged),
        ("Host key for ", SshFault.HostKeyChanged),
        ("Host key verification failed", SshFault.HostKeyUnknown),
        ("host key is known for", SshFault.HostKeyUnknown),
        ("Permission denied", SshFault.Authentication),
        ("Too many authentication failures", SshFault.Authentication),
        ("no mutual signature", SshFault.Authentication),
        ("Connection refused", SshFault.Refused),
        ("Could not resolve hostname", SshFault.Unreachable),
        ("Connection timed out", SshFault.Unreachable),
        ("Operation timed out", SshFault.Unreachable),
        ("No route to host", SshFault.Unreachable),
        ("Network is unreachable", SshFault.Unreachable),
        ("timed out during banner exchange", SshFault.Unreachable),
        ("mux_client", SshFault.Multiplexing),
        ("Session open refused by peer", SshFault.Multiplexing),
        ("kex_exchange_identification", SshFault.Lost),
        ("Connection closed", SshFault.Lost),
        ("Connection reset", SshFault.Lost),
        ("Broken pipe", SshFault.Lost),
        ("not responding", SshFault.Lost),
    ];

    /// <summary>The kind of a failure.</summary>
    /// <param name="words">What ssh wrote.</param>
    public static SshFault Classify(string words) =>
        Known.FirstOrDefault(known => words.Contains(known.Words, StringComparison.Ordinal)).Fault;

    /// <summary>Whether a later try can end otherwise.</summary>
    public static bool IsTransient(SshFault fault) => fault is SshFault.Unreachable or SshFault.Lost or SshFault.Multiplexing;

    /// <summary>The failure in words.</summary>
    public static Failure Describe(SshSettings settings, SshFault fault, string words)
    {
        var host = settings.Name;
        var at = string.Equals(host, settings.Address.ToString(), StringComparison.Ordinal) ? host : $"{host} ({settings.Address})";
        var failure = fault switch
        {
            SshFault.Authentication => new Failure(MachinesFailures.AuthenticationFailed, $"{at} accepted none of the keys that were offered."),
            SshFault.HostKeyUnknown => new Failure(MachinesFailures.HostKeyUnknown, $"The key of {at} is not known here, so it could be anybody.")
            {
                Hint = $"Add the host once with `slipway host add NAME {settings.Address}`, which shows and keeps its key.",
            },
            SshFault.HostKeyChanged => new Failure(MachinesFailures.HostKeyChanged, $"The key of {at} is another one than before."),
            SshFault.Refused => new Failure(MachinesFailures.HostUnreachable, $"Nothing answers SSH at {at}: the connection was refused."),
            SshFault.Unreachable => new Failure(MachinesFailures.HostUnreachable, $"{at} cannot be reached."),
            _ => new Failure(MachinesFailures.ConnectionLost, $"The connection to {at} was lost."),
        };
        var detail = words.Trim();
        return detail.Length == 0 ? failure : failure with { Detail = detail };
    }
}
