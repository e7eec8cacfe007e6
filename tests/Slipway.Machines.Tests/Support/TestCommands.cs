using Slipway.Machines.Processes;

namespace Slipway.Machines.Tests.Support;

/// <summary>Commands that tests start.</summary>
internal static class TestCommands
{
    private static readonly string Dotnet =
        Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Slipway.TestProgram.dll");

    public static ProcessCommand Dummy(params ReadOnlySpan<string> arguments) => new(Dotnet, [Program, .. arguments]);

    public static ProcessCommand Shell(string script, params ReadOnlySpan<string> arguments) => new("/bin/sh", ["-c", script, "sh", .. arguments]);

    public static ProcessCommand Python(string code, params ReadOnlySpan<string> arguments) => new("/usr/bin/python3", ["-c", code, .. arguments]);

    /// <summary>The test program's command line, to be started by another program.</summary>
    public static string[] DummyArguments(params ReadOnlySpan<string> arguments) => [Dotnet, Program, .. arguments];
}
