using System.Text.RegularExpressions;

namespace Slipway.Environments.Sources;

/// <summary>The names of indexes, and of the variables that hold their credentials.</summary>
public static partial class IndexVariables
{
    /// <summary>The variable of an index's user name: <c>SLIPWAY_INDEX_MY_CORP_USERNAME</c> for the index <c>my-corp</c>.</summary>
    public static string Username(string indexName) => $"{Stem(indexName)}_USERNAME";

    /// <summary>The variable of an index's password or token.</summary>
    public static string Password(string indexName) => $"{Stem(indexName)}_PASSWORD";

    /// <summary>The variable that binds an index's credentials to one URL.</summary>
    public static string Url(string indexName) => $"{Stem(indexName)}_URL";

    /// <summary>Whether a text can name an index: a letter or digit, then letters, digits, dots, hyphens and underscores.</summary>
    public static bool IsName(string text) => Name().IsMatch(text);

    /// <summary>What both variables begin with; two names with the same stem cannot be told apart.</summary>
    internal static string Stem(string indexName) => $"SLIPWAY_INDEX_{indexName.Replace('-', '_').Replace('.', '_').ToUpperInvariant()}";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
