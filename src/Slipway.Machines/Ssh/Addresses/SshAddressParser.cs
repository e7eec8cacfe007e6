using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Slipway.Core.Failures;

namespace Slipway.Machines.Ssh.Addresses;

/// <summary>The one reader of addresses.</summary>
internal static class SshAddressParser
{
    private const int LongestText = 4096;
    private const int LongestHost = 255;
    private const string Scheme = "ssh://";

    public static Result<SshAddress> Parse(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
        {
            return Invalid("An address is empty.");
        }

        if (trimmed.Length > LongestText)
        {
            return Invalid($"An address has more than {LongestText} characters.");
        }

        if (trimmed.Any(char.IsControl))
        {
            return Invalid("An address holds a control character.");
        }

        return trimmed.StartsWith("ssh ", StringComparison.Ordinal) ? SshCommandLine.Parse(trimmed)
            : trimmed.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? Uri(trimmed)
            : Destination(trimmed);
    }

    /// <summary>Reads <c>[user@]host[:port]</c>; the last <c>@</c> separates, as it does for ssh.</summary>
    public static Result<SshAddress> Destination(string text)
    {
        var at = text.LastIndexOf('@');
        var user = at < 0 ? null : text[..at];
        if (user is not null && User(user, text) is { } wrongUser)
        {
            return wrongUser;
        }

        var rest = text[(at + 1)..];
        if (!HostAndPort(rest, text).TryGet(out var split, out var failure))
        {
            return failure;
        }

        return Host(split.Host, text) is { } wrongHost ? wrongHost : new SshAddress(split.Host) { User = user, Port = split.Port };
    }

    /// <summary>A port's number; a failure that names what was written.</summary>
    public static Result<int> Port(string port, string text) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= ushort.MaxValue
            ? number
            : Invalid($"The port '{port}' of {Shown(text)} is no number from 1 to 65535.");

    /// <summary>Why a user name cannot be one; null when it can.</summary>
    public static Failure? User(string user, string text) =>
        user.Length == 0 ? Invalid($"The user name of {Shown(text)} is empty.")
        : user[0] is '-' ? Invalid($"The user name of {Shown(text)} begins with '-'.")
        : user.Any(static c => char.IsWhiteSpace(c) || c is '\'' or '"' or '`' or '$' or ';' or '&' or '|' or '<' or '>' or '(' or ')' or '\\' or '%' or '/' or ':')
            ? Invalid($"The user name of {Shown(text)} holds a character that no user name has.")
        : null;

    /// <summary>A failure of this kind.</summary>
    public static Failure Invalid(string message) => new(MachinesFailures.AddressInvalid, message);

    /// <summary>What was written, for a message.</summary>
    public static string Shown(string text) => $"'{text}'";

    private static Result<SshAddress> Uri(string text)
    {
        var rest = text[Scheme.Length..].TrimEnd('/');
        return rest.AsSpan().IndexOfAny("/?#;") >= 0
            ? Invalid($"{Shown(text)} has a path or a query; only ssh://user@host:port is understood.")
            : Destination(rest).TryGet(out var address, out var failure) ? address : failure;
    }

    private static Result<(string Host, int? Port)> HostAndPort(string rest, string text)
    {
        if (rest.StartsWith('['))
        {
            var end = rest.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || !IsV6(rest[1..end]) || (end + 1 < rest.Length && rest[end + 1] is not ':'))
            {
                return Invalid($"{Shown(text)} has brackets that do not hold an IPv6 address.");
            }

            return end + 1 == rest.Length ? (rest[1..end], null) : Port(rest[(end + 2)..], text).Map(port => (rest[1..end], (int?)port));
        }

        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return (rest, null);
        }

        if (rest.IndexOf(':', colon + 1) >= 0)
        {
            return IsV6(rest) ? (rest, null) : Invalid($"{Shown(text)} has several colons. An IPv6 address with a port is written [ADDRESS]:PORT.");
        }

        return Port(rest[(colon + 1)..], text).Map(port => (rest[..colon], (int?)port));
    }

    private static Failure? Host(string host, string text) =>
        host.Length == 0 ? Invalid($"The host of {Shown(text)} is empty.")
        : host[0] is '-' ? Invalid($"The host of {Shown(text)} begins with '-'.")
        : host.Length > LongestHost ? Invalid($"The host of {Shown(text)} has more than {LongestHost} characters.")
        : IsV6(host) || host.All(static c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_') ? null
        : Invalid($"The host of {Shown(text)} holds a character that no host name has.");

    private static bool IsV6(string text)
    {
        var zone = text.IndexOf('%', StringComparison.Ordinal);
        var address = zone < 0 ? text : text[..zone];
        return IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily is AddressFamily.InterNetworkV6 && address.Contains(':', StringComparison.Ordinal)
            && (zone < 0 || (zone + 1 < text.Length && text[(zone + 1)..].All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')));
    }
}
