using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Training.Runtime;

namespace Slipway.Training.Adapters.Runs;

/// <summary>What runs of recipes are made with.</summary>
/// <param name="Here">This machine and its store, which keeps the record.</param>
/// <param name="Ports">Makes the ports of a run, whose files are below a directory.</param>
/// <param name="Time">The clock.</param>
/// <param name="Version">The version of Slipway, for records.</param>
/// <param name="WorkingDirectory">What paths that are given are relative to.</param>
/// <param name="Host">The machine that trains, as the user knows it.</param>
public sealed record RecipeContext(BuildHost Here, Func<string, IPortFactory> Ports, TimeProvider Time, string Version, string WorkingDirectory, string Host);

/// <summary>How a run of a recipe ended.</summary>
/// <param name="Id">The run.</param>
/// <param name="Folder">What it wrote.</param>
/// <param name="Report">How it went; null when it failed or was cancelled.</param>
/// <param name="Failure">Why it ended early; null when it did not.</param>
/// <param name="End"><c>finished</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Plots">The pictures of its curves.</param>
public sealed record RecipeRunEnd(string Id, string Folder, RunReport? Report, Failure? Failure, string End, ImmutableArray<string> Plots);
