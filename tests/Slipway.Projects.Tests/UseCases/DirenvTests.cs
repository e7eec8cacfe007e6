using Slipway.Projects.UseCases;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.UseCases;

/// <summary>A real direnv runs what init writes. (Below a directory with a double quote or a dollar sign in its name, direnv 2.32 itself loads nothing.)</summary>
public sealed class DirenvTests : IDisposable
{
    private const string Look = "import os, sys; print(sys.prefix); print(os.environ['SLIPWAY_PROMPT'] + '|' + os.environ.get('MINE', ''))";
    private readonly ProjectWorkshop _shop = new("it's a (project) é");

    public void Dispose() => _shop.Dispose();

    [RequiresFact(Capability.Direnv)]
    public async Task Environment_is_active_in_the_directory_and_below_also_after_a_move()
    {
        _shop.With(".env", "MINE=1\n").With(".envrc", "export MINE=\"$MINE-2\"\n").With("sub/x", string.Empty);
        var synced = await _shop.SyncAsync(await _shop.InitAsync(new InitAnswers()));
        Assert.True(synced.IsOk, synced.ToString());
        Assert.Equal(
            $"{_shop.Project}/.venv\n(pip:{synced.Value.Name}) |1-2\n",
            await RunAsync(_shop.Project, "direnv", "exec", ".", "python", "-c", Look));

        // A shell with the hook, as people have it: in a directory below, and away again.
        const string Hooked = "eval \"$(direnv hook bash)\"; cd sub; _direnv_hook; command -v python; echo \"[$SLIPWAY_PROMPT]\"; cd /; _direnv_hook; echo \"[$VIRTUAL_ENV]\"";
        var moved = $"{_shop.Project} moved";
        Directory.Move(_shop.Project, moved);
        Assert.Equal($"{moved}/.venv/bin/python\n[(pip:{synced.Value.Name}) ]\n[]\n", await RunAsync(moved, "bash", "--norc", "-c", Hooked));
    }

    private async Task<string> RunAsync(string folder, params string[] command)
    {
        var options = new CommandOptions { Environment = _shop.Environment, WorkingFolder = folder };
        (await CommandRunner.RunAsync("direnv", ["allow"], options)).OrThrow();
        var result = await CommandRunner.RunAsync(command[0], command[1..], options);
        Assert.True(result.ExitCode == 0, result.Stderr);
        return result.Stdout;
    }
}
