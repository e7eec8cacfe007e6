using System.Text.RegularExpressions;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Machines.Ssh.Transport;
using Slipway.TestKit;

namespace Slipway.Machines.Tests.Ssh;

/// <summary>Whatever an address holds, ssh gets one host and no option that was not meant.</summary>
public sealed partial class AddressAttackTests
{
    private static readonly string[] Seeds =
    [
        "gpu1", "me@gpu1", "me@gpu1:2222", "ssh://me@gpu1:22", "me@[::1]:22", "::1", "me@[fe80::1%eth0]:22", "ssh -p 2222 -i ~/.ssh/key me@gpu1", "ssh me@gpu1 -p 22",
        "ssh -oHostKeyAlias=x -J a@b:1,c host", "ssh -l me -i 'my key' -o ServerAliveInterval=5 gpu1", "ssh root@1.2.3.4 -p 40022 -L 8080:localhost:8080",
    ];

    private static readonly string[] Injections =
    [
        "-oProxyCommand=touch${IFS}x", "-F/etc/passwd", "-o", "ProxyCommand=x", "LocalCommand=x", "PermitLocalCommand=yes", "KnownHostsCommand=x", "-E/x", "-S/x", "-w", "-R", "\n-oProxyCommand=x", "$(touch x)", "`x`", ";x", "|x", "--", "%h", "-J-oProxyCommand=x", "ssh://-x",
    ];

    [Fact]
    public void No_address_becomes_an_option() => Property.Check(4000, gen =>
    {
        var text = gen.Pick(Seeds);
        for (var i = gen.Int(0, 3); i > 0; i--)
        {
            text = gen.OneIn(2) ? gen.Mutate(text) : text.Insert(gen.Int(0, text.Length), gen.Pick(Injections));
        }

        if (!SshAddress.Parse(text).TryGet(out var address, out _))
        {
            return;
        }

        Assert.Equal(address, SshAddress.Parse(address.ToString()).Value);
        var words = SshArguments.Call(new SshSettings("x", address), socket: null, "/log", "remote");
        var end = words.IndexOf("--");
        Assert.Equal($"{address.Host} remote", string.Join(' ', words[(end + 1)..]));
        Assert.False(address.Host.StartsWith('-'), text);
        for (var i = 0; i < end; i++)
        {
            Assert.True(words[i] is "-o" or "-i" or "-J" or "-p" or "-l" or "-E" or "-T", words[i]);
            if (words[i] is "-T")
            {
                continue;
            }

            var value = words[++i];
            Assert.False(value.StartsWith('-') || value.Any(char.IsControl), $"{text}: {value}");
            Assert.True(words[i - 1] is not "-o" || Allowed().IsMatch(value), $"{text}: {value}");
            Assert.True(words[i - 1] is not "-J" || value.Split(',').All(static hop => hop.Length > 0 && !hop[(hop.LastIndexOf('@') + 1)..].StartsWith('-')), $"{text}: {value}");
        }
    });

    [Theory]
    [InlineData("-oProxyCommand=x")]
    [InlineData("me@-oProxyCommand=x")]
    [InlineData("-l@host")]
    [InlineData("ssh://-oProxyCommand=x")]
    [InlineData("ssh -- -oProxyCommand=x")]
    [InlineData("ssh host -oProxyCommand=x")]
    [InlineData("ssh -o 'ProxyCommand x' host")]
    [InlineData("ssh -o Include=/tmp/x host")]
    [InlineData("ssh -F /tmp/x host")]
    [InlineData("ssh -J -oProxyCommand=x host")]
    [InlineData("ssh -J 'a,-oProxyCommand=x' host")]
    [InlineData("ssh -J 'a@-b' host")]
    [InlineData("ssh -i -x host")]
    [InlineData("ssh -l -x host")]
    [InlineData("ssh -l '$(x)' host")]
    [InlineData("ssh -p 0 host")]
    [InlineData("ssh -p 22x host")]
    [InlineData("ssh -S /tmp/x host")]
    [InlineData("ssh host rm -rf /")]
    [InlineData("host:70000")]
    [InlineData("host;x")]
    [InlineData("ho st")]
    [InlineData("a\nb")]
    [InlineData("")]
    public void Dangerous_address_is_refused(string text)
    {
        var parsed = SshAddress.Parse(text);
        Assert.False(parsed.IsOk, parsed.ToString());
        Assert.Equal(MachinesFailures.AddressInvalid, parsed.Failure.Code);
    }

    [GeneratedRegex(@"^(AddressFamily|BatchMode|BindAddress|BindInterface|CertificateFile|Ciphers|ClearAllForwardings|Compression|ConnectTimeout|ConnectionAttempts|ControlMaster|ControlPath|ForwardAgent|ForwardX11|HostKeyAlgorithms|HostKeyAlias|IdentitiesOnly|IdentityAgent|KbdInteractiveAuthentication|KexAlgorithms|LogLevel|MACs|PasswordAuthentication|PermitLocalCommand|PubkeyAccepted(Algorithms|KeyTypes)|RemoteCommand|RequestTTY|ServerAlive(CountMax|Interval)|StrictHostKeyChecking|TCPKeepAlive)=", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Allowed();
}
