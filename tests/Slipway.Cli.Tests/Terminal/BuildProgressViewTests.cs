using Slipway.Cli.Terminal;
using Slipway.TestKit;

namespace Slipway.Cli.Tests.Terminal;

public sealed class BuildProgressViewTests : IDisposable
{
    private readonly StringWriter _people = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose()
    {
        _people.Dispose();
    }

    [Fact]
    public void Nothing_is_said_when_nothing_was_to_be_done()
    {
        using var view = New();
        view.Complete();
        Assert.Equal(string.Empty, _people.ToString());
    }

    [Fact]
    public void Stages_are_lines_away_from_a_terminal()
    {
        using var view = New();
        view.Stage("Resolving a");
        view.Detail("Collecting a>=1 (from -r /store/cache/resolving/requirements.txt (line 1))");
        view.Detail("Collecting a>=1");
        view.Detail("Progress 10 of 20");
        view.Waiting("4711 host\nbuild a\n");
        _time.Advance(TimeSpan.FromSeconds(2.5));
        view.Complete();
        Assert.Equal("slipway: Resolving a\nslipway:   Collecting a>=1\nslipway: Waiting for 4711 host build a\nslipway: ready after 2.5 s\n", _people.ToString());
    }

    [Fact]
    public void Work_that_failed_is_not_called_ready()
    {
        using (var view = New())
        {
            view.Stage("Resolving a");
        }

        Assert.Equal("slipway: Resolving a\n", _people.ToString());
    }

    [Fact]
    public void Quiet_view_is_silent()
    {
        using var view = New(quiet: true);
        view.Stage("Resolving a");
        view.Detail("Collecting a");
        view.Complete();
        Assert.Equal(string.Empty, _people.ToString());
    }

    [Fact]
    public void Words_of_an_index_do_not_steer_the_terminal()
    {
        using var view = New();
        view.Detail("Collecting \u001b]0;owned\a");
        Assert.Equal("slipway:   Collecting ?]0;owned?\n", _people.ToString());
    }

    private BuildProgressView New(bool quiet = false) =>
        new(new Output(IsJson: false, quiet, IsVerbose: false, UsesColor: false) { People = _people }, _time);
}
