using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Runs.Hosts;

namespace Slipway.Training.Adapters.Runs;

/// <summary>Where and in what training runs.</summary>
/// <param name="On">The machine; null for that of the run that is taken up, else this one.</param>
/// <param name="Python">The interpreter; null for the first that fits.</param>
/// <param name="IsBuilt">Whether an environment is built for it, whatever is installed.</param>
/// <param name="IsOffline">Whether the network is not used.</param>
public sealed record RecipePlace(string? On, InterpreterRequest? Python, bool IsBuilt, bool IsOffline);

/// <summary>What the machines of a recipe's run are found with.</summary>
/// <param name="Here">Opens the store of this machine, which keeps the records.</param>
/// <param name="Hosts">The hosts that the user added; asked only where one is named.</param>
/// <param name="Variable">Reads a variable that Slipway was started with; null when unset.</param>
/// <param name="Time">The clock.</param>
/// <param name="Version">The version of Slipway, for records.</param>
/// <param name="WorkingDirectory">What paths that are given are relative to.</param>
public sealed record RecipeMachines(
    Func<CancellationToken, Task<Result<BuildHost>>> Here, Func<Result<HostDirectory>> Hosts, Func<string, string?> Variable, TimeProvider Time, string Version, string WorkingDirectory);
