using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Tests.Discovery;
using Slipway.Projects.UseCases;

namespace Slipway.Projects.Tests.Configuration;

/// <summary>The files of pyenv and asdf: what they say, which of them counts, and how a version is written into them.</summary>
public sealed class PinTests : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Asdf_is_read_beside_pyenv_whose_file_counts_in_one_directory()
    {
        _place.With(".tool-versions", "# all tools\nnodejs 20.1.0\npython 3.11.4 3.10.1 system # main\n");
        Expect("3.11.4", ".tool-versions", 3);
        Assert.Empty(Configured().Warnings);

        _place.With(".python-version", "3.11\n");
        Expect("3.11", ".python-version", 1);
        Assert.Empty(Configured().Warnings);

        _place.With(".python-version", "3.12\n");
        Expect("3.12", ".python-version", 1);
        var said = $"{_place.At(".python-version")} says Python 3.12 and {_place.At(".tool-versions")} says 3.11.4; the first counts.";
        Assert.Equal([said], Configured().Warnings, StringComparer.Ordinal);
        Assert.Equal([said], _place.Discover("app/a.py").Warnings, StringComparer.Ordinal);
    }

    [Fact]
    public void Place_of_a_pin_is_the_file_also_where_a_variable_hides_what_it_says()
    {
        _place.With("slipway.toml", "python = '3.11'\n");
        var place = new PythonPinUseCase(name => name switch { "HOME" => _place.Root, "SLIPWAY_PYTHON" => "3.13", _ => null }).Locate(_place.Root).Value;
        Assert.Equal(_place.At("slipway.toml"), place.Path);
        Assert.Equal(SettingLayer.Variable, place.Wish?.Origin.Layer);
    }

    [Theory]
    [InlineData("nodejs 20.1.0\n")]
    [InlineData("python system\n")]
    [InlineData("python\n")]
    [InlineData("# python 3.12\n")]
    public void File_of_asdf_that_names_no_python_asks_for_none(string text)
    {
        _place.With("app/.tool-versions", text);
        Assert.Null(Configured()[SettingKey.Python]);
    }

    [Fact]
    public void Asdf_path_is_a_path_and_nonsense_is_named()
    {
        _place.With(".tool-versions", "python path:/opt/python\n");
        Assert.Equal("/opt/python/bin/python3", Configured()[SettingKey.Python]!.Texts[0]);

        _place.With(".tool-versions", "ruby 3\npython ref:v3.12.0\n");
        var failure = new WorkloadDiscovery(_place.Variables, static () => false).ReadConfiguration(null, _place.Root, new RequestSettings()).Failure;
        Assert.Equal((ProjectFailures.MalformedPin, $"{_place.At(".tool-versions")}:2"), (failure.Code, failure.Location!.ToString()));
    }

    [Fact]
    public void Version_is_written_where_the_pin_lies_and_nothing_else_changes()
    {
        Assert.Equal(_place.At(".python-version"), Set("3.10"));
        Assert.Equal("3.10\n", _place.Text(".python-version"));

        _place.With("sub/.tool-versions", "ruby 3.2.1\npython 3.9.1 # old\nnodejs 20\n");
        Assert.Equal(_place.At("sub/.tool-versions"), Set("3.12.1", "sub"));
        Assert.Equal("ruby 3.2.1\npython 3.12.1\nnodejs 20\n", _place.Text("sub/.tool-versions"));
        Assert.Equal(_place.At(".python-version"), Set("3.11"));
        Assert.Equal("3.11\n", _place.Text(".python-version"));

        _place.With("slipway.toml", "# mine\npython = \"3.9\"\nbackend = \"pip\"\n");
        Assert.Equal(_place.At("slipway.toml"), Set("3.13"));
        Assert.Equal("# mine\npython = \"3.13\"\nbackend = \"pip\"\n", _place.Text("slipway.toml"));

        Assert.All(new[] { ">=3.10", "system", "python3.12", "3.12 3.11", string.Empty }, text => Assert.Equal(ProjectFailures.MalformedPin, PythonPinUseCase.Parse(text).Failure.Code));
    }

    [Fact]
    public void Table_of_one_environment_is_not_written_for_all()
    {
        _place.With("slipway.toml", "[envs.only]\npython = \"3.9\"\n");

        var failure = new PythonPinUseCase(_place.Variables).Locate(_place.Root).Failure;

        Assert.Equal(ProjectFailures.NotEditable, failure.Code);
        Assert.Contains("slipway.toml:2", failure.Message, StringComparison.Ordinal);
    }

    private string Set(string version, string directory = "")
    {
        var place = new PythonPinUseCase(_place.Variables).Locate(directory.Length == 0 ? _place.Root : _place.At(directory)).Value;
        var written = PythonPinUseCase.Write(place, PythonPinUseCase.Parse(version).Value);
        Assert.True(written.IsOk, written.ToString());
        return place.Path;
    }

    private EffectiveConfiguration Configured() => _place.With("app/a.py", string.Empty).Configured("app/a.py", new RequestSettings());

    private void Expect(string version, string file, int line)
    {
        var setting = Configured()[SettingKey.Python]!;
        Assert.Equal(($"=={version}.*", $"{_place.At(file)}:{line}"), (setting.Python!.Text, setting.Origin.ToString()));
    }
}
