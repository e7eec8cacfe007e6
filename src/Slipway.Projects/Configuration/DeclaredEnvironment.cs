using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Projects.Naming;

namespace Slipway.Projects.Configuration;

/// <summary>A named environment that a project declares: <c>[envs.NAME]</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Location">Where it is declared.</param>
/// <param name="Settings">What it says in place of the project's own settings.</param>
public sealed record DeclaredEnvironment(EnvironmentName Name, FailureLocation Location, ImmutableArray<Setting> Settings);

/// <summary>What a project's own file says.</summary>
/// <param name="Directory">The absolute directory of the file; the project's.</param>
/// <param name="Settings">The settings that hold for all its environments.</param>
/// <param name="Environments">The environments that it declares, in the file's order.</param>
internal sealed record ProjectSettings(string Directory, ImmutableArray<Setting> Settings, ImmutableArray<DeclaredEnvironment> Environments);
