using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>The variables that choose an index for pip and that Slipway ignores, because no request would show them.</summary>
internal static class PipVariables
{
    private static readonly (string Variable, string Option)[] Ignored =
    [
        ("PIP_INDEX_URL", "--index-url"),
        ("PIP_EXTRA_INDEX_URL", "--index-url"),
        ("PIP_FIND_LINKS", "--find-links"),
        ("PIP_NO_INDEX", "--find-links"),
        ("PIP_CONSTRAINT", "-c in a requirements file"),
    ];

    /// <summary>The failure, with a remark when such a variable is set and may be what the person counts on. Values are never shown.</summary>
    /// <param name="host">Whose variables.</param>
    /// <param name="failure">What pip failed with.</param>
    /// <param name="output">pip's words; the driver notes there which settings of pip.conf were ignored.</param>
    public static Failure Mention(BuildHost host, Failure failure, string output)
    {
        if (failure.Code != EnvironmentFailures.Unsatisfiable && failure.Code != EnvironmentFailures.IndexUnauthorized
            && failure.Code != EnvironmentFailures.IndexUnavailable)
        {
            return failure;
        }

        var remarks = Ignored
            .Where(ignored => host.Variable(ignored.Variable) is { Length: > 0 })
            .Select(ignored => $"{ignored.Variable} is set and ignored; use {ignored.Option}.");
        var files = new PipWords(UrlMask.Apply(output)).Notes("ignored").Select(setting => $"{setting} is ignored; use {OptionFor(setting)}.");
        return failure with { Hint = string.Join(' ', remarks.Concat(files).Append(failure.Remedy)) };
    }

    private static string OptionFor(string setting) =>
        setting.StartsWith("find-links", StringComparison.Ordinal) || setting.StartsWith("no-index", StringComparison.Ordinal) ? "--find-links"
        : setting.StartsWith("constraint", StringComparison.Ordinal) ? "-c in a requirements file"
        : "--index-url";
}
