using System.Collections.Immutable;
using Slipway.Environments.Requests;

namespace Slipway.Projects.Discovery;

/// <summary>What a lock has to answer.</summary>
/// <param name="Requirements">All requirements, those of options too.</param>
/// <param name="Extras">The extras that are wanted, normalised.</param>
/// <param name="Groups">The dependency groups that are wanted, normalised.</param>
/// <param name="Addition">The first thing that an option adds to what is declared, for people; null for none.</param>
/// <param name="IsLockAlone">Whether nothing but the lock says what is needed.</param>
/// <param name="Conda">What is asked of conda; null when nothing is.</param>
/// <param name="Editable">The project that is installed editable; null for none.</param>
internal sealed record LockNeed(
    ImmutableArray<RequestedPackage> Requirements, ImmutableArray<string> Extras, ImmutableArray<string> Groups, string? Addition, bool IsLockAlone, CondaRequest? Conda,
    EditableProject? Editable);
