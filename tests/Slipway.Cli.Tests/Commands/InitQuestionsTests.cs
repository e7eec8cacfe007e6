using Slipway.Cli.Commands.Projects;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Machines;
using Slipway.Projects.UseCases;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Cli.Tests.Commands;

public sealed class InitQuestionsTests : IDisposable
{
    private readonly TempStore _store = new();
    private readonly StringWriter _people = new();

    public void Dispose()
    {
        _people.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task Answers_are_asked_again_until_they_are_valid()
    {
        var answered = Ask(await LookAsync(), "poetry\nsystem\n-3\n3.12\nbase\nmine\n");
        Assert.Equal(("system", "3.12", "mine"), (answered.Value.Backend, answered.Value.Python, answered.Value.Name));
        Assert.Contains("There is no backend 'poetry'.", _people.ToString(), StringComparison.Ordinal);
        Assert.Contains("A name that works: env-base.", _people.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_answers_and_yes_take_the_defaults()
    {
        var survey = await LookAsync();
        Assert.Equal(new InitAnswers { Name = "work" }, Ask(survey, "\n\n\n").Value);
        _people.GetStringBuilder().Clear();
        Assert.Equal(new InitAnswers(), InitQuestions.Ask(Prompt(string.Empty, canAsk: true, acceptsDefaults: true), survey, new InitAnswers()).Value);
        Assert.Equal(string.Empty, _people.ToString());
    }

    [Fact]
    public async Task Without_a_terminal_only_what_nobody_can_know_is_refused()
    {
        var plain = InitQuestions.Ask(Prompt(string.Empty, canAsk: false), await LookAsync(), new InitAnswers());
        Assert.Equal(new InitAnswers(), plain.Value);

        var contested = await LookAsync("environment.yml", "requirements.txt");
        var refused = InitQuestions.Ask(Prompt(string.Empty, canAsk: false), contested, new InitAnswers()).Failure;
        Assert.Equal((CliFailures.NeedsAnswer, ExitCode.Usage), (refused.Code, refused.Code.Exit));
        Assert.Contains("--backend", refused.Hint!, StringComparison.Ordinal);
        Assert.True(InitQuestions.Ask(Prompt(string.Empty, canAsk: false), contested, new InitAnswers { Backend = "pip" }).IsOk);
    }

    [Fact]
    public async Task End_of_input_answers_nothing() =>
        Assert.Equal(CliFailures.NeedsAnswer, Ask(await LookAsync(), "pip\n").Failure.Code);

    private Result<InitAnswers> Ask(InitSurvey survey, string input) => InitQuestions.Ask(Prompt(input, canAsk: true), survey, new InitAnswers());

    private Prompt Prompt(string input, bool canAsk, bool acceptsDefaults = false) =>
        new(new Output(IsJson: false, IsQuiet: false, IsVerbose: false, UsesColor: false) { People = _people }, acceptsDefaults) { CanAsk = canAsk, Input = new StringReader(input) };

    private async Task<InitSurvey> LookAsync(params string[] files)
    {
        var project = Directory.CreateDirectory(Path.Combine(_store.Home, "work")).FullName;
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(Path.Combine(project, file), string.Empty);
        }

        string? Variable(string name) => _store.Environment.GetValueOrDefault(name);
        var machine = new LocalMachine();
        var host = new BuildHost(machine, new StoreLayout(_store.SlipwayHome), (await machine.GetFactsAsync(CancellationToken.None)).Value);
        var finder = new InterpreterFinder(host, InterpreterSearch.From(Variable));
        var dependencies = new DependencyService(host, ProvisionerCatalogue.Default, finder, TimeProvider.System);
        return new InitUseCase(host, dependencies, finder, Variable, static _ => false).Look(project, new InitAnswers()).Value;
    }
}
