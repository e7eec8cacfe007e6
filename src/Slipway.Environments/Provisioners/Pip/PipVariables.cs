using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Environments.Sources;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>Says when a setting of pip's that chooses sources is there and ignored: it may be what the person counts on.</summary>
internal static class PipVariables
{
    /// <summary>The failure, with a remark after its own advice when there is such a setting. Values are never shown.</summary>
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

        var variables = PipSettings.Ignored
            .Where(ignored => host.Variable(PipSettings.VariableOf(ignored.Key)) is { Length: > 0 })
            .Select(ignored => $"{PipSettings.VariableOf(ignored.Key)} is set and ignored; use {ignored.Value}.");
        var files = from setting in new PipWords(UrlMask.Apply(output)).Notes("ignored")
                    let instead = PipSettings.Ignored.GetValueOrDefault(setting.Split(' ')[0])
                    where instead is not null
                    select $"{setting} is ignored; use {instead}.";
        return failure with { Hint = string.Join(' ', variables.Concat(files).Prepend(failure.Remedy)) };
    }
}
