using Slipway.Core.Failures;
using Slipway.Projects.Backends;
using Slipway.Projects.Discovery;
using Slipway.Projects.Tests.Discovery;

namespace Slipway.Projects.Tests.Backends;

public sealed class BackendTests : IDisposable
{
    private const string Pyproject = "[project]\nname = 'p'\ndependencies = ['a']\n";
    private readonly Place _place = new() { HasUv = true };

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Files_choose_where_nothing_is_configured()
    {
        void Expect(string kind, BackendReason reason, string directory)
        {
            var found = _place.Folder(directory).Discover(null, directory: directory);
            Assert.Equal((kind, reason, kind), (found.Backend.Kind, found.Backend.Reason, found.Request.Provisioner));
        }

        Expect("pip", BackendReason.Default, "empty");
        _place.With("python/requirements.txt", "a\n");
        Expect("pip", BackendReason.PythonFile, "python");
        _place.With("uv/pyproject.toml", Pyproject).With("uv/uv.lock", string.Empty);
        Expect("uv", BackendReason.UvFile, "uv");
        _place.With("uvtool/pyproject.toml", Pyproject + "[tool.uv]\n");
        Expect("uv", BackendReason.UvFile, "uvtool");
        _place.With("conda/environment.yml", "dependencies: [python]\n");
        Expect("micromamba", BackendReason.CondaFile, "conda");
        _place.With("lock/conda-lock.yml", "metadata: {platforms: [linux-64]}\npackage: []\n");
        Expect("micromamba", BackendReason.CondaFile, "lock");
        Assert.Equal(_place.At("lock/conda-lock.yml"), _place.Discover(null, directory: "lock").Origin);
    }

    [Fact]
    public void Uv_that_is_not_there_is_told_and_pip_is_used()
    {
        using var place = new Place();
        var found = place.With("pyproject.toml", Pyproject).With("uv.lock", string.Empty).Discover(null);
        Assert.Equal("pip", found.Backend.Kind);
        Assert.Contains("uv.lock is uv's, but there is no uv here", Assert.Single(found.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Both_kinds_of_file_give_conda_with_a_warning_until_it_is_settled()
    {
        _place.With("environment.yml", "dependencies: [python]\n").With("pyproject.toml", Pyproject);
        var found = _place.Discover(null);
        Assert.Equal(("micromamba", (_place.At("environment.yml"), _place.At("pyproject.toml"))), (found.Backend.Kind, found.Backend.Contested!.Value));
        Assert.Contains("both declare what is needed", Assert.Single(found.Warnings), StringComparison.Ordinal);

        var settled = _place.With("slipway.toml", "backend = 'pip'\n").Discover(null);
        Assert.Equal(("pip", "a", 0), (settled.Backend.Kind, Place.Asked(settled), settled.Warnings.Length));
        Assert.Equal($"{_place.At("slipway.toml")}:1 says so", settled.Backend.Sentence);
    }

    [Fact]
    public void Conda_file_never_falls_back_to_pip()
    {
        _place.With("environment.yml", "dependencies: [python]\n");
        foreach (var backend in (string[])["pip", "system"])
        {
            var failure = _place.Fail(null, new RequestSettings { Backend = backend });
            Assert.Equal((ProjectFailures.BackendUnfit, ExitCode.Configuration), (failure.Code, failure.Code.Exit));
            Assert.Contains(_place.At("environment.yml"), failure.Message, StringComparison.Ordinal);
            Assert.Contains("--backend", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Script_that_is_complete_by_itself_takes_no_file_of_its_surroundings()
    {
        _place.With("environment.yml", "dependencies: [python]\n").With("a.py", "# /// script\n# dependencies = []\n# ///\n").With("b.py", "print()\n");
        Assert.Equal("pip", _place.Discover("a.py").Backend.Kind);
        Assert.Equal("micromamba", _place.Discover("b.py").Backend.Kind);
    }
}
