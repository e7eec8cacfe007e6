using Slipway.Core.Failures;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Tests.Discovery;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.Configuration;

/// <summary>Whatever files, variables and options hold: nothing throws, every mistake in a file has its line, and no password is repeated.</summary>
public sealed class SettingFuzzTests : IDisposable
{
    private const string Password = "hunter2hunter2";

    private static readonly string[] Texts =
        ["3.12", ">=3", "pip", $"https://u:{Password}@h/simple", $"co=https://{Password}@h/s", "co=https://h/simple", "https://h/simple", "links", "-x", "7d", "2026-01-31", "", "dev", "a b", "\u0000", "\u202e"];

    private static readonly string[] Values = ["true", "1", "2026-01-31", "1979-05-27T07:32:00", "[]", "{}", "[1]", "[{url = 'https://h/simple'}]", "[{name = 'x', url = 3}]"];

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Files_never_throw_and_mistakes_have_a_place() => Property.Check(1500, gen =>
    {
        var lines = gen.List(Line, 0, 4);
        var text = string.Concat(lines.DistinctBy(line => line.Split('=')[0], StringComparer.Ordinal));
        var mutated = gen.OneIn(3) ? gen.Mutate(text) : text;
        _place.With("slipway.toml", mutated);

        // A mutated URL may be one no more, and then nothing says that it holds a password.
        Check(_place.Try(null), inFile: true, hidesPassword: string.Equals(mutated, text, StringComparison.Ordinal));
    });

    [Fact]
    public void Options_and_variables_never_throw() => Property.Check(1500, gen =>
    {
        string? Some() => gen.OneIn(3) ? gen.Pick(Texts) : null;
        foreach (var name in SettingInfo.All.Select(info => info.Variable).OfType<string>())
        {
            _place.Variable(name, gen.OneIn(3) ? gen.Pick(Texts) : string.Empty);
        }

        var options = new RequestSettings
        {
            Python = Some(),
            Backend = Some(),
            Env = Some(),
            Channels = [.. gen.List(g => g.Pick(Texts), 0, 1)],
            ExcludeNewer = Some(),
            IndexUrls = [.. gen.List(g => g.Pick(Texts), 0, 2)],
            FindLinks = [.. gen.List(g => g.Pick(Texts), 0, 1)],
            Extras = [.. gen.List(g => g.Pick(Texts), 0, 1)],
        };
        Check(_place.Try(null, options), inFile: false, hidesPassword: true);
    });

    private static string Line(Gen gen)
    {
        string Text(Gen g) => $"\"{g.Pick(Texts).Replace("\u0000", "\\u0000", StringComparison.Ordinal)}\"";
        var value = gen.Int(0, 2) switch
        {
            0 => Text(gen),
            1 => $"[{string.Join(", ", gen.List(Text, 0, 3))}]",
            _ => gen.Pick(Values),
        };
        return $"{gen.Pick(SettingInfo.All).Name} = {value}\n";
    }

    private void Check(Result<WorkloadDeclaration> result, bool inFile, bool hidesPassword)
    {
        if (result.TryGet(out _, out var failure))
        {
            return;
        }

        Assert.NotEmpty(failure.Message);
        var shown = $"{failure}{failure.Detail}{failure.Remedy}{failure.Location?.LineText}";
        Assert.False(hidesPassword && shown.Contains(Password, StringComparison.Ordinal), shown);
        Assert.True(!inFile || failure.Location is { Line: > 0 } at && string.Equals(at.Source, _place.At("slipway.toml"), StringComparison.Ordinal), failure.ToString());
    }
}
