using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Projects.Naming;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Projects;

/// <summary>
/// What <c>init</c> asks a person who has not said it by options. Where nobody can be asked, a question with a safe default is not asked, and one without is
/// a failure that names the option.
/// </summary>
internal static class InitQuestions
{
    private const string Any = "any";

    public static Result<InitAnswers> Ask(Prompt prompt, InitSurvey survey, InitAnswers given) =>
        Backend(prompt, survey, given).Then(answers => Python(prompt, survey, answers)).Then(answers => Name(prompt, survey, answers));

    private static Result<InitAnswers> Backend(Prompt prompt, InitSurvey survey, InitAnswers given)
    {
        if (given.Backend is not null || !survey.IsBackendOpen)
        {
            return given;
        }

        var choice = survey.Backend;
        if (choice.Contested is not { } files)
        {
            return IsSilent(prompt) ? given : Kind(prompt, $"Which backend builds the environment: {string.Join(", ", ProvisionerCatalogue.Default.Kinds)}?", choice.Kind)
                .Map(kind => given with { Backend = kind == choice.Kind ? null : kind });
        }

        // Two files for two backends: nobody can know which of them is meant, so the answer is written down.
        return Kind(prompt, $"{files.Conda} and {files.Python} both declare what is needed. Which backend builds the environment?", choice.Kind).Map(kind => given with { Backend = kind });
    }

    private static Result<string> Kind(Prompt prompt, string question, string byDefault) =>
        prompt.Text(question, byDefault, "--backend", static text => ProvisionerCatalogue.Default.Find(text).TryGet(out _, out var failure) ? null : failure);

    private static Result<InitAnswers> Python(Prompt prompt, InitSurvey survey, InitAnswers given)
    {
        if (given.Python is not null || !survey.IsPythonOpen || IsSilent(prompt))
        {
            return given;
        }

        return prompt
            .Text("Which Python: a version such as 3.12, a range, or any?", Any, "--python", text => text is Any || InterpreterRequest.Parse(text, survey.Directory, "--python").TryGet(out _, out var failure) ? null : failure)
            .Map(text => given with { Python = text is Any ? null : text });
    }

    private static Result<InitAnswers> Name(Prompt prompt, InitSurvey survey, InitAnswers given)
    {
        if (survey.HasSettings || given.Name is not null || given.Env is not null || IsSilent(prompt))
        {
            return given;
        }

        return prompt
            .Text("The environment's name?", survey.SuggestedName.ToString(), "--name", static text => EnvironmentName.Parse(text, "--name").TryGet(out _, out var failure) ? null : failure)
            .Map(text => given with { Name = text });
    }

    // Nobody is asked, or nobody wants to be.
    private static bool IsSilent(Prompt prompt) => !prompt.CanAsk || prompt.AcceptsDefaults;
}
