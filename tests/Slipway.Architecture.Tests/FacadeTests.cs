namespace Slipway.Architecture.Tests;

/// <summary>Recipes, their settings and their verbs are a thin facade: loops, data and adapters are below them.</summary>
public sealed class FacadeTests
{
    private const int Most = 4000;

    [Fact]
    public void Recipes_and_their_verbs_are_few_lines()
    {
        string[] folders = ["src/Slipway.Training/Recipes", "src/Slipway.Training/Configuration", "src/Slipway.Cli/Commands/Recipe"];
        var lines = folders.SelectMany(static folder => Directory.GetFiles(Path.Combine(SourceTree.Root, folder), "*.cs")).Sum(static file => File.ReadLines(file).Count());
        Assert.InRange(lines, 1, Most);
    }
}
