using Slipway.Core.Failures;

namespace Slipway.Runs.Services;

/// <summary>How it is found out that a service is ready.</summary>
public enum ProbeKind
{
    /// <summary>Something listens on its port.</summary>
    Tcp,

    /// <summary>A path of its HTTP server answers with success.</summary>
    Http,

    /// <summary>A command ends with code 0.</summary>
    Command,
}

/// <summary>A question that a service answers once it is ready; asked once a second on the machine where it runs.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Text">The path, or the command for <c>sh</c>; empty for TCP.</param>
public sealed record ServiceProbe(ProbeKind Kind, string Text)
{
    /// <summary>Whether its port listens.</summary>
    public static ServiceProbe Listens { get; } = new(ProbeKind.Tcp, string.Empty);

    /// <summary>Reads <c>tcp</c>, <c>http:/path</c> or <c>command:TEXT</c>.</summary>
    public static Result<ServiceProbe> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Http = "http:";
        const string Command = "command:";
        if (text is "tcp")
        {
            return Listens;
        }

        if (text.StartsWith(Http + "/", StringComparison.Ordinal) && !text.StartsWith(Http + "//", StringComparison.Ordinal) && text.All(static c => c is > ' ' and < '\x7f'))
        {
            return new ServiceProbe(ProbeKind.Http, text[Http.Length..]);
        }

        return text.StartsWith(Command, StringComparison.Ordinal) && text.Length > Command.Length && !text.Contains('\0', StringComparison.Ordinal)
            ? new ServiceProbe(ProbeKind.Command, text[Command.Length..])
            : new Failure(ServiceFailures.ProbeInvalid, $"'{text.ReplaceLineEndings(" ")}' is no probe.");
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ProbeKind.Tcp => "tcp",
        ProbeKind.Http => $"http:{Text}",
        _ => $"command:{Text}",
    };
}

/// <summary>What makes a job a service.</summary>
/// <param name="Port">Where it listens; nothing else may when it is started.</param>
public sealed record ServiceSpec(int Port)
{
    /// <summary>How it is found out that it is ready.</summary>
    public ServiceProbe Probe { get; init; } = ServiceProbe.Listens;

    /// <summary>How long it has for that; then it is ended.</summary>
    public TimeSpan ReadyTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
