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
    public static Result<Unit> Ask(Output output, ProjectSession session, EnvironmentName name)
    {
        var prompt = session.Prompt(output);
        if (!prompt.CanAsk || prompt.AcceptsDefaults || output.IsQuiet)
        {
            return Unit.Value;
        }

        if (!session.Finder.Declare(session.Project, name, session.Options).TryGet(out var declaration, out var failure))
        {
            return failure;
        }

        if (declaration.LockStanding is LockStanding.Missing && declaration.Request.Requirements.Any(package => !package.IsLocal))
        {
            output.Say($"slipway: {declaration.Origin} has no lock. `slipway lock` writes one, so that CI and colleagues get these very versions.");
        }

        if (declaration.LockStanding is not LockStanding.LeftOut)
        {
            return Unit.Value;
        }

        output.Say($"slipway: warning: {declaration.LockWarning}");
        return prompt.Confirm("Continue without the lock? (`slipway lock` brings it up to date.)", byDefault: true, "--no-lock or --locked")
            .Then(isYes => isYes ? Unit.Value : (Result<Unit>)new Failure(CliFailures.Declined, "Nothing was changed."));
    }
}
