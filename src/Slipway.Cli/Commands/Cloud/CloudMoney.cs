using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Core.Toml;

namespace Slipway.Cli.Commands.Cloud;

/// <summary>Where a user's money is kept: the policy among the settings, ledger, plans and keys with the state, and none of it in the store (a new store is no new budget).</summary>
/// <param name="Folder">Ledger, plans and keys.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Plans">The plans.</param>
/// <param name="Ledger">The ledger.</param>
internal sealed record CloudMoney(MoneyFolder Folder, PolicyFile Policy, PlanBook Plans, Ledger Ledger)
{
    /// <summary>The variable that says who started this process.</summary>
    public const string CallerVariable = "SLIPWAY_CALLER";

    public static CloudMoney Of(Services services)
    {
        var home = services.Variable("HOME") ?? "/";
        var folder = MoneyFolder.Of(home, services.Variable("XDG_STATE_HOME"));
        return new CloudMoney(folder, PolicyFile.Of(home, services.Variable("XDG_CONFIG_HOME")), new PlanBook(folder, services.Time), new Ledger(folder, services.Time));
    }

    /// <summary>The policy, which is signed where there is a PIN.</summary>
    public Result<SpendPolicy> ReadPolicy() => ApprovalKey.Find(Folder).Then(key => Policy.Read(key.OrDefault()));
}
