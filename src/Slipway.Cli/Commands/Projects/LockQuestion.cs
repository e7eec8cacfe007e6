using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;

namespace Slipway.Cli.Commands.Projects;

/// <summary>
/// At a terminal, a lock that does not answer what is declared is a question: whoever changed a declaration may have meant to lock again. Where nobody can be
/// asked the policy alone decides, and a warning is said.
/// </summary>
internal static class LockQuestion
{
    /// <summary>Says how the lock stands, and asks where it does not answer.</summary>
    /// <returns>Whether its warning was said.</returns>
    public static Result<bool> Ask(Output output, ProjectSession session, EnvironmentName name)
    {
        var prompt = session.Prompt(output);
        if (!prompt.CanAsk || prompt.AcceptsDefaults || output.IsQuiet)
        {
            return false;
        }

        if (!session.Finder.Declare(session.Project, name, session.Options).TryGet(out var declaration, out var failure))
        {
            return failure;
        }

        if (declaration.LockStanding is LockStanding.Missing && declaration.Request.Requirements.Any(package => !package.IsLocal))
        {
            output.Say($"slipway: no lock lies beside {declaration.Origin}, so colleagues and CI may get other versions. `slipway lock` writes one.");
        }

        if (declaration.LockStanding is not LockStanding.LeftOut)
        {
            return false;
        }

        output.Say($"slipway: warning: {declaration.LockWarning}");
        return prompt.Confirm("Continue without the lock? (`slipway lock` brings it up to date instead, and keeps what still fits.)", byDefault: true, "--no-lock or --locked")
            .Then(isYes => isYes ? true : (Result<bool>)new Failure(CliFailures.Declined, "Nothing was changed.") { Hint = "`slipway lock` brings the lock up to date; then `slipway sync`." });
    }
}
