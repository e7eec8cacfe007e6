namespace Slipway.Environments.Interpreters;

/// <summary>The interpreter that a request gets now.</summary>
/// <param name="Interpreter">The one that its remembered resolution runs on, while that holds; else the one that a search finds.</param>
/// <param name="Fresh">What a new search would choose where that is another one; null where it is the same, and where it finds none.</param>
/// <param name="Note">How the two differ and what to do about it, for people; null where they do not.</param>
public sealed record PythonInUse(Interpreter Interpreter, Interpreter? Fresh, string? Note);
