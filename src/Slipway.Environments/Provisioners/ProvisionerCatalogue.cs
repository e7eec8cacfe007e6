using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments.Provisioners.Installed;
using Slipway.Environments.Provisioners.Micromamba;
using Slipway.Environments.Provisioners.Pip;
using Slipway.Environments.Provisioners.Uv;

namespace Slipway.Environments.Provisioners;

/// <summary>The provisioners that this Slipway has. A new one is a folder beside <c>Pip</c> and a line here.</summary>
public sealed class ProvisionerCatalogue(ImmutableArray<IProvisioner> provisioners)
{
    /// <summary>All provisioners.</summary>
    public static ProvisionerCatalogue Default { get; } = new([new PipProvisioner(), new UvProvisioner(), new MicromambaProvisioner(), new InstalledProvisioner()]);

    /// <summary>The kinds, in the order in which they are listed to people.</summary>
    public ImmutableArray<string> Kinds => [.. provisioners.Select(provisioner => provisioner.Kind)];

    /// <summary>Finds a provisioner by its kind.</summary>
    public Result<IProvisioner> Find(string kind)
    {
        foreach (var provisioner in provisioners)
        {
            if (string.Equals(provisioner.Kind, kind, StringComparison.Ordinal))
            {
                return Result.Ok(provisioner);
            }
        }

        return new Failure(EnvironmentFailures.UnknownProvisioner, $"There is no backend '{kind}'.")
        {
            Hint = $"The backends are: {string.Join(", ", Kinds)}.",
        };
    }
}
