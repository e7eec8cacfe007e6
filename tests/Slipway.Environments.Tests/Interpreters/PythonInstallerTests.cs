using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Interpreters;

/// <summary>Version managers: their Pythons are found, and they are asked to install as they want to be asked.</summary>
public sealed class PythonInstallerTests : IDisposable
{
    private readonly World _world = new();

    // Only the home counts: the managers of who runs the tests are never asked.
    private BuildHost Host => _world.Host with { Variable = name => name is "HOME" ? _world.Store.Home : null };

    public void Dispose() => _world.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Python_that_a_manager_installs_is_found_afterwards()
    {
        var version = PepVersion.Parse(World.DefaultPython.Version.ToString(3)).Value;
        var root = Path.Combine(_world.Store.Home, ".asdf");
        Manager(Path.Combine(root, "bin"), "asdf", $"{root}/installs/python/$3");
        var installer = new PythonInstaller(Host);
        var search = InterpreterSearch.From(name => name is "HOME" ? _world.Store.Home : null);
        Assert.Empty(search.Candidates());

        var manager = (await installer.ManagerAsync(prefersAsdf: false, _world.Token))!;
        Assert.Equal(new PythonManager("asdf", $"{root}/bin/asdf"), manager);
        var installed = await installer.InstallAsync(manager, version, NoProgress.Instance, _world.Token);
        var found = await new InterpreterFinder(_world.Host, search).FindAsync(
            InterpreterRequest.Parse(version.ToString(), "/", "test").Value, VersionSpecifierSet.Any, _world.Token);

        Assert.True(installed.IsOk, installed.ToString());
        Assert.Equal($"install python {version}", await Said("asdf"));
        Assert.Equal(version.ToString(), found.Value.Version);
        Assert.Equal([$"{root}/installs/python/{version}/bin/python"], search.Candidates(), StringComparer.Ordinal);
        Assert.Equal([$"{root}/installs/python/{version}/bin/python3"], search.Find("python3"), StringComparer.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task The_manager_whose_file_holds_the_pin_comes_first_and_its_refusal_is_told()
    {
        var installer = new PythonInstaller(Host);
        Assert.Null(await installer.ManagerAsync(prefersAsdf: true, _world.Token));
        Manager(Path.Combine(_world.Store.Home, ".asdf", "bin"), "asdf", "/dev/null");
        Manager(Path.Combine(_world.Store.Home, ".pyenv", "bin"), "pyenv", null);

        var refused = await installer.InstallAsync((await installer.ManagerAsync(prefersAsdf: false, _world.Token))!, PepVersion.Parse("3.12.1").Value, NoProgress.Instance, _world.Token);

        Assert.Equal("asdf", (await installer.ManagerAsync(prefersAsdf: true, _world.Token))!.Name);
        Assert.Equal(EnvironmentFailures.PythonNotInstalled, refused.Failure.Code);
        Assert.Contains("Installing Python 3.12.1 with pyenv", refused.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("definition not found", refused.Failure.Detail, StringComparison.Ordinal);
        Assert.Equal("install --skip-existing 3.12.1", await Said("pyenv"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Uv_installs_into_the_store_where_no_version_manager_is_and_what_it_installed_is_found()
    {
        var version = PepVersion.Parse(Pythons.Default.Version.ToString(3)).Value;

        // A real one would download.
        var uv = StandIn.Uv(Path.Combine(_world.Store.Home, ".local", "bin"), StandIn.UvVersion);
        var installer = new PythonInstaller(Host);
        var search = InterpreterSearch.From(static _ => null, _world.Layout.Pythons);
        Assert.Empty(search.Candidates());

        var manager = (await installer.ManagerAsync(prefersAsdf: false, _world.Token))!;
        Assert.Equal(new PythonManager("uv", uv, $"{_world.Layout.Tools}/python"), manager);
        foreach (var asked in (PepVersion[])[version, version])
        {
            var installed = await installer.InstallAsync(manager, asked, NoProgress.Instance, _world.Token);
            Assert.True(installed.IsOk, installed.ToString());
        }

        // Its link for the minor version is no second Python.
        var found = Assert.Single(search.Candidates());
        Assert.StartsWith($"{_world.Layout.Pythons}/cpython-{version}-", found, StringComparison.Ordinal);
        Assert.Equal([found], search.Find("python"), StringComparer.Ordinal);
        var chosen = await new InterpreterFinder(_world.Host, search).FindAsync(InterpreterRequest.Parse(version.ToString(), "/", "test").Value, VersionSpecifierSet.Any, _world.Token);
        Assert.Equal(version.ToString(), chosen.Value.Version);
        var refused = await installer.InstallAsync(manager, PepVersion.Parse("3.99.1").Value, NoProgress.Instance, _world.Token);
        Assert.Equal(EnvironmentFailures.PythonNotInstalled, refused.Failure.Code);
        Assert.Contains("No download found", refused.Failure.Detail, StringComparison.Ordinal);

        // The user's own manager comes first.
        Manager(Path.Combine(_world.Store.Home, ".pyenv", "bin"), "pyenv", null);
        Assert.Equal("pyenv", (await installer.ManagerAsync(prefersAsdf: false, _world.Token))!.Name);
    }

    // Writes down its arguments; its Python is a real one, or none.
    private void Manager(string folder, string name, string? target) => StandIn.Write(folder, name, $"""
        #!/bin/sh
        echo "$@" > {_world.Store.Root}/{name}
        {(target is null ? "echo 'python-build: definition not found' >&2; exit 2" : $"mkdir -p {target}/bin && ln -s {World.DefaultPython.FullPath} {target}/bin/python && ln -s python {target}/bin/python3")}

        """);

    private async Task<string> Said(string name) => (await File.ReadAllTextAsync(Path.Combine(_world.Store.Root, name))).Trim();
}
