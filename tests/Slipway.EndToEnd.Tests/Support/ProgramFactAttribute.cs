using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests.Support;

/// <summary>A fact that is skipped, with the reason, where a program is missing or cannot be used.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute(string program, params string[] trial) : FactAttribute
{
    public string Program { get; } = program;

    public IReadOnlyList<string> Trial { get; } = trial;

    public override string? Skip
    {
        get => base.Skip ?? Explain();
        set => base.Skip = value;
    }

    private string? Explain()
    {
        try
        {
            var result = CommandRunner.RunAsync(Program, Trial, new CommandOptions { Timeout = TimeSpan.FromSeconds(10) }).GetAwaiter().GetResult();
            return result.ExitCode == 0 ? null : $"{Program} cannot be used here: {result.Stderr.Trim()}";
        }
        catch (FileNotFoundException)
        {
            return $"Needs the program {Program}.";
        }
    }
}
