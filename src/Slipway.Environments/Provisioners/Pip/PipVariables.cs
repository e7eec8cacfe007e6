using Slipway.Core.Failures;

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
    public static Failure Mention(BuildHost host, Failure failure)
    {
        if (failure.Code != EnvironmentFailures.Unsatisfiable && failure.Code != EnvironmentFailures.IndexUnauthorized
            && failure.Code != EnvironmentFailures.IndexUnavailable)
        {
            return failure;
        }

        var remarks = Ignored
            .Where(ignored => host.Variable(ignored.Variable) is { Length: > 0 })
            .Select(ignored => $"{ignored.Variable} is set and ignored; use {ignored.Option}.");
        return failure with { Hint = string.Join(' ', remarks.Append(failure.Remedy)) };
    }
}
