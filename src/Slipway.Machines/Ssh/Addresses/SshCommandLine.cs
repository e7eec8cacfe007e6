using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Machines.Ssh.Addresses;

/// <summary>Reads the <c>ssh …</c> lines that providers print. An option that is not understood is an error, not a guess.</summary>
internal static class SshCommandLine
{
    /// <summary>Options without a value that change nothing for us.</summary>
    private const string Switches = "46CTaknqtvx";

    private static readonly string[] Harmless =
    [
        "AddressFamily", "BindAddress", "BindInterface", "CertificateFile", "Ciphers", "Compression", "ConnectTimeout", "ConnectionAttempts",
        "HostKeyAlgorithms", "HostKeyAlias", "IdentitiesOnly", "IdentityAgent", "KexAlgorithms", "MACs", "PubkeyAcceptedAlgorithms",
        "PubkeyAcceptedKeyTypes", "ServerAliveCountMax", "ServerAliveInterval", "TCPKeepAlive",
    ];

    private static readonly string[] NotFollowed = ["BatchMode", "ExitOnForwardFailure", "ForwardAgent", "LogLevel", "RequestTTY", "StrictHostKeyChecking", "UserKnownHostsFile"];

    public static Result<SshAddress> Parse(string line)
    {
        if (SshWords.Split(line) is not { } words)
        {
            return SshAddressParser.Invalid("A quote in the ssh line is not closed.");
        }

        var reading = new Reading(line);
        for (var i = 1; i < words.Count; i++)
        {
            var failure = words[i] is ['-', var letter, .. var attached]
                ? reading.Option(letter, attached, () => ++i < words.Count ? words[i] : null)
                : reading.Destination(words[i]);
            if (failure is not null)
            {
                return failure;
            }
        }

        return reading.Finish();
    }

    private sealed class Reading(string line)
    {
        private readonly ImmutableArray<string>.Builder _identities = ImmutableArray.CreateBuilder<string>();
        private readonly ImmutableArray<SshOption>.Builder _options = ImmutableArray.CreateBuilder<SshOption>();
        private readonly ImmutableArray<string>.Builder _notes = ImmutableArray.CreateBuilder<string>();
        private SshAddress? _destination;
        private string? _user;
        private string? _jump;
        private int? _port;

        public Failure? Destination(string word)
        {
            if (_destination is not null)
            {
                return SshAddressParser.Invalid($"The ssh line holds the command '{word}' after the host; give only the line that opens a shell.");
            }

            return SshAddressParser.Destination(word).TryGet(out _destination, out var failure) ? null : failure;
        }

        public Failure? Option(char letter, string attached, Func<string?> next)
        {
            if (Switches.Contains(letter, StringComparison.Ordinal))
            {
                return attached.Length == 0 ? null : Option(attached[0], attached[1..], next);
            }

            if (letter is 'A' or 'N' or 'f')
            {
                Note($"-{letter} is not followed.");
                return attached.Length == 0 ? null : Option(attached[0], attached[1..], next);
            }

            if ("pliJoLRD".Contains(letter, StringComparison.Ordinal))
            {
                return (attached.Length > 0 ? attached : next()) is { Length: > 0 } value
                    ? Value(letter, value)
                    : SshAddressParser.Invalid($"The option -{letter} of the ssh line has no value.");
            }

            return SshAddressParser.Invalid($"The option -{letter} of the ssh line is not understood. Put what it does into your SSH configuration and use the alias.");
        }

        public Result<SshAddress> Finish()
        {
            if (_destination is not { } found)
            {
                return SshAddressParser.Invalid($"There is no host in {SshAddressParser.Shown(line)}.");
            }

            return found with
            {
                User = _user ?? found.User,
                Port = _port ?? found.Port,
                Jump = _jump,
                Identities = _identities.ToImmutable(),
                Options = _options.ToImmutable(),
                Notes = _notes.ToImmutable(),
            };
        }

        private Failure? Value(char letter, string value)
        {
            switch (letter)
            {
                case 'p':
                    if (!SshAddressParser.Port(value, line).TryGet(out var port, out var failure))
                    {
                        return failure;
                    }

                    _port = port;
                    return null;
                case 'l':
                    _user = value;
                    return SshAddressParser.User(value, line);
                case 'i':
                    _identities.Add(value);
                    return value[0] is '-' ? SshAddressParser.Invalid($"The key file '{value}' begins with '-'.") : null;
                case 'J':
                    return Jump(value);
                case 'o':
                    return Setting(value);
                default:
                    Note($"The forwarding -{letter} {value} is not made; see `slipway host forward`.");
                    return null;
            }
        }

        private Failure? Jump(string value)
        {
            _jump = value;
            foreach (var hop in value.Split(','))
            {
                if (!SshAddressParser.Destination(hop.StartsWith("ssh://", StringComparison.OrdinalIgnoreCase) ? hop[6..] : hop).TryGet(out _, out var failure))
                {
                    return failure;
                }
            }

            return null;
        }

        private Failure? Setting(string text)
        {
            var split = text.IndexOfAny(['=', ' ']);
            var name = split < 0 ? text : text[..split].Trim();
            var value = split < 0 ? string.Empty : text[(split + 1)..].Trim();
            if (NotFollowed.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                Note($"-o {name} is not followed.");
                return null;
            }

            if (Harmless.FirstOrDefault(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase)) is not { } spelled || value.Length == 0)
            {
                return SshAddressParser.Invalid($"The setting '-o {name}' is not taken from a line. Put it into your SSH configuration and use the alias.");
            }

            _options.Add(new SshOption(spelled, value));
            return null;
        }

        private void Note(string sentence) => _notes.Add(sentence);
    }
}
