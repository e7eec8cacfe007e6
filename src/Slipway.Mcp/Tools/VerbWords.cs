using System.Collections.Immutable;

namespace Slipway.Mcp.Tools;

/// <summary>Builds the command line of a verb from checked arguments: an option and its value are two words, so a value is never taken for an option.</summary>
internal sealed class VerbWords(ToolArguments arguments, params ReadOnlySpan<string> verb)
{
    private readonly List<string> _words = [.. verb];

    /// <summary>An option with the text or number of an argument, where that is given.</summary>
    public VerbWords Option(string option, string name)
    {
        if (arguments.Has(name))
        {
            _words.Add(option);
            _words.Add(arguments.Values[name].ToString());
        }

        return this;
    }

    /// <summary>An option for each entry of a list.</summary>
    public VerbWords Each(string option, string name)
    {
        foreach (var entry in arguments.List(name))
        {
            _words.Add(option);
            _words.Add(entry);
        }

        return this;
    }

    /// <summary>An option without value, where a flag is true.</summary>
    public VerbWords Flag(string option, string name)
    {
        if (arguments.Flag(name))
        {
            _words.Add(option);
        }

        return this;
    }

    /// <summary>Further words.</summary>
    public VerbWords Add(params ReadOnlySpan<string> words)
    {
        _words.AddRange(words);
        return this;
    }

    /// <summary>The options of a machine that is rented.</summary>
    public VerbWords Rental() => Option("--gpu", "gpu").Option("--count", "count").Option("--nodes", "nodes").Flag("--spot", "spot").Option("--region", "region").Option("--cloud", "cloud")
        .Option("--max-runtime", "max_runtime").Option("--backend", "backend").Option("--on", "on");

    /// <summary>The options of an environment.</summary>
    public VerbWords Environment() => Each("--with", "with").Each("--requirements", "requirements").Option("--python", "python").Option("--backend", "builder").Flag("--offline", "offline").Option("--on", "on");

    /// <summary>The words.</summary>
    public ImmutableArray<string> Done() => [.. _words];
}
