using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Versions;

namespace Slipway.Environments.Interpreters;

/// <summary>What an interpreter has to fulfil, who says so, and the words for one that does not.</summary>
/// <param name="Wish">The named interpreter or range; null for none.</param>
/// <param name="Declared">The workload's range of versions.</param>
/// <param name="Declarations">Where that was declared; empty when nobody knows.</param>
internal sealed record InterpreterChoice(InterpreterRequest? Wish, VersionSpecifierSet Declared, ImmutableArray<PythonDeclaration> Declarations)
{
    private static readonly VersionSpecifierSet Minimum = VersionSpecifierSet.Parse($">={Interpreter.MinimumVersion}").Value;

    /// <summary>Whether Slipway works with an interpreter.</summary>
    public static bool IsUsable(Interpreter interpreter) => interpreter.Satisfies(Minimum);

    /// <summary>Whether an interpreter is what was wished for, whatever is declared. Nobody wished for what just comes along.</summary>
    public bool IsWished(Interpreter interpreter) => Wish is not null && (Wish.Versions is null || interpreter.Satisfies(Wish.Versions));

    /// <summary>The interpreter, if it will do.</summary>
    public Result<Interpreter> Judge(Interpreter interpreter)
    {
        var name = Wish is null ? interpreter.ToString() : $"{Wish.Origin}: {interpreter}";
        if (!interpreter.Satisfies(Declared))
        {
            var declaration = Declarations.FirstOrDefault(declared => !interpreter.Satisfies(declared.Range));
            return new Failure(
                EnvironmentFailures.InterpreterOutOfRange,
                $"{name} is outside '{declaration?.Range ?? Declared}', which {declaration?.ToString() ?? "requires-python"} demands.") { Location = declaration?.At };
        }

        return !IsUsable(interpreter)
                ? new Failure(EnvironmentFailures.UnusableInterpreter, $"{name} is older than Python {Interpreter.MinimumVersion}, the oldest that Slipway works with.")
            : Wish?.Versions is { } wished && !interpreter.Satisfies(wished)
                ? new Failure(EnvironmentFailures.NoInterpreter, $"{name} does not satisfy '{wished}'.")
            : interpreter;
    }

    /// <summary>No interpreter will do, and none of them is the one that was wished for.</summary>
    /// <param name="seen">The versions that there are.</param>
    public Failure NotFound(IReadOnlyList<string> seen)
    {
        IEnumerable<string> demands =
        [
            .. Wish is null ? [] : new[] { $"'{Wish.Versions}' ({Wish.Origin})" },
            .. Declarations.Select(declared => $"'{declared.Range}' ({declared})"),
            .. Declarations.IsEmpty && Declared.ToString().Length > 0 ? new[] { $"'{Declared}' (requires-python)" } : [],
        ];
        var wanted = string.Join(" and ", demands.DefaultIfEmpty($"'{Minimum}', which Slipway needs"));
        var found = seen.Count == 0 ? "none was found" : $"found {string.Join(", ", seen)}";
        return new Failure(EnvironmentFailures.NoInterpreter, $"No Python on this machine satisfies {wanted}: {found}.");
    }
}
