using Slipway.Environments.Interpreters;
using Slipway.Projects.Naming;
using Slipway.Projects.UseCases;

namespace Slipway.Projects.Tests.UseCases;

public sealed class CondaStarterTests
{
    [Theory]
    [InlineData(null, "python")]
    [InlineData("3.12", "python=3.12")]
    [InlineData(">=3.10, <3.13", "python<3.13,>=3.10")]
    [InlineData("==3.12.1", "python==3.12.1")]
    [InlineData("~=3.10", "'python~=3.10'")]
    [InlineData("/usr/bin/python3", "python")]
    public void Python_is_written_as_conda_writes_it(string? python, string line)
    {
        var wish = python is null ? null : InterpreterRequest.Parse(python, "/", "--python").Value;
        Assert.Equal($"name: dev\nchannels:\n  - conda-forge\ndependencies:\n  - {line}\n", CondaStarter.Text(EnvironmentName.Suggest("dev"), [], wish));
    }

    [Fact]
    public void Channels_are_those_that_are_asked_for() => Assert.Contains(
        "channels:\n  - conda-forge\n  - https://host/c\n  - '/srv/it''s mine'\ndependencies:",
        CondaStarter.Text(EnvironmentName.Suggest("dev"), ["conda-forge", "https://host/c", "/srv/it's mine"], null),
        StringComparison.Ordinal);
}
