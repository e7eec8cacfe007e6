using Slipway.Runs.Distant;

namespace Slipway.Runs.Tests.Hosts;

public sealed class HostChoiceTests
{
    [Theory]
    [InlineData("gpu1", "gpu1")]
    [InlineData("gpu1,gpu2", "gpu1;gpu2")]
    [InlineData("gpu1[training,dev],gpu2[inference]", "gpu1+training+dev;gpu2+inference")]
    [InlineData("me@[::1]:2222,gpu1", "me@[::1]:2222;gpu1")]
    [InlineData("[::1]:2222", "[::1]:2222")]
    [InlineData("me@[::1]", "me@[::1]")]
    [InlineData("me@host:22[dev]", "me@host:22+dev")]
    [InlineData("ssh -p 22 -o Ciphers=a,b me@host", "ssh -p 22 -o Ciphers=a,b me@host")]
    public void Hosts_are_separated_by_commas_and_extras_stand_in_brackets(string value, string expected) =>
        Assert.Equal(expected, string.Join(';', HostChoice.ParseAll([value]).Value.Select(static host => string.Join('+', [host.On, .. host.Extras]))));

    [Theory]
    [InlineData("")]
    [InlineData("gpu1,,gpu2")]
    [InlineData("gpu1[]")]
    [InlineData("gpu1[a,]")]
    [InlineData("gpu1,gpu1")]
    public void What_names_no_host_or_one_twice_is_refused(string value) => Assert.Equal(RunFailures.Usage, HostChoice.ParseAll([value]).Failure.Code);
}
