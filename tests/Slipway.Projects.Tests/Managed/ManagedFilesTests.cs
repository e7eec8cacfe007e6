using System.Text;
using Slipway.Projects.Managed;
using Slipway.Projects.Naming;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.Managed;

public sealed class ManagedFilesTests : IDisposable
{
    private static readonly EnvironmentName Dev = EnvironmentName.Suggest("dev");
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Gitignore_names_what_belongs_to_one_machine()
    {
        var lines = Gitignore(null).Split('\n');
        Assert.Equal([".slipway/", ".venv", ".env"], lines[2..5]);

        // A pattern with a slash at its end does not match a link.
        Assert.Contains("\n.venv\n", Gitignore(".venv/\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Line_that_the_user_has_is_not_added_again()
    {
        Assert.DoesNotContain("\n.env\n", Gitignore("/.env\n").Replace("/.env\n", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(".slipway\r\n.venv\r\n.env", Gitignore(".slipway\r\n.venv\r\n.env"));
        Assert.Equal(".env\n.slipway/\n.venv\n", Gitignore(Gitignore("") + ".env\n.slipway/\n.venv\n"));
    }

    [Fact]
    public void Envrc_is_relative_and_sources_nothing()
    {
        var text = Envrc("pip", PromptFormat.Default);
        Assert.Contains("\nPATH_add \".venv/bin\"\nexport VIRTUAL_ENV=\"$PWD/.venv\"\nexport SLIPWAY_PROMPT=\"(pip:dev) \"\ndotenv_if_exists\n", text, StringComparison.Ordinal);
        Assert.Contains("export CONDA_PREFIX=\"$PWD/.venv\"", Envrc("micromamba", PromptFormat.Default), StringComparison.Ordinal);
        Assert.DoesNotContain("VIRTUAL_ENV", Envrc("system", PromptFormat.Default) + Envrc("micromamba", string.Empty), StringComparison.Ordinal);
        Assert.DoesNotContain("SLIPWAY_PROMPT", Envrc("pip", string.Empty), StringComparison.Ordinal);
        Assert.DoesNotContain("source", text + Envrc("micromamba", string.Empty), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("source .venv/bin/activate")]
    [InlineData("eval x")]
    [InlineData("PATH_add \"/usr/bin\"")]
    [InlineData("PATH_add \"../bin\"")]
    [InlineData("PATH_add .venv/bin")]
    [InlineData("PATH_add \"$(x)\"")]
    [InlineData("PATH_add \"a\"; rm \"b\"")]
    [InlineData("watch_file \"~/x\"")]
    [InlineData("export LD_PRELOAD=\"x\"")]
    [InlineData("export PATH=\"x\"")]
    [InlineData("export SLIPWAY_PROMPT=\"$(x)\"")]
    [InlineData("export SLIPWAY_PROMPT=\"`x`\"")]
    [InlineData("export SLIPWAY_PROMPT=\"a\\\"")]
    [InlineData("export SLIPWAY_PROMPT=\"a\nrm x\"")]
    [InlineData("export SLIPWAY_PROMPT=\"a\"b\"")]
    [InlineData("export SLIPWAY_PROMPT=\"!!\"")]
    [InlineData("export VIRTUAL_ENV=\"$PWD/../x\"")]
    [InlineData("export VIRTUAL_ENV=\"$HOME/x\"")]
    [InlineData("# a\nrm x")]
    [InlineData("dotenv_if_exists ../.env")]
    [InlineData(" ")]
    public void Statement_that_is_not_on_the_list_refuses_the_whole(string statement)
    {
        var failure = EnvrcFile.Compose("/p/.envrc", "mine\n"u8.ToArray(), ["PATH_add \".venv/bin\"", statement]).Failure;
        Assert.Equal(ProjectFailures.StatementRefused, failure.Code);
        Assert.Contains("/p/.envrc", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_prompt_that_is_accepted_may_stand_in_the_file() => Property.Check(2000, static gen =>
    {
        var format = gen.Mutate(gen.Pick([PromptFormat.Default, "[{env_name}]", "", gen.Text(0, 8)]));
        var isAccepted = PromptFormat.Check(format, "prompt").IsOk;
        Assert.True(!isAccepted || EnvrcFile.Compose("/p/.envrc", null, new EnvrcContent("pip", Dev, format)).IsOk, format);
    });

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("{ }\n")]
    [InlineData("{\n}\n")]
    [InlineData("// mine\n{\n    // why\n    \"editor.rulers\": [80, /* and */ 100,],\n}\n")]
    [InlineData("\uFEFF{\r\n  \"a\": { \"python.defaultInterpreterPath\": 1 }\r\n}")]
    [InlineData("{\"a\":1}")]
    public void Editor_settings_keep_every_byte_and_gain_a_line(string? text)
    {
        const string Line = "\"python.defaultInterpreterPath\": \"${workspaceFolder}/.venv/bin/python\"";
        var content = text is null ? null : Encoding.UTF8.GetBytes(text);
        Assert.True(VsCodeSettings.Compose("/p/s.json", content).TryGet(out var composed, out var failure), failure?.ToString());
        var merged = Encoding.UTF8.GetString(composed);
        Assert.Contains(Line, merged, StringComparison.Ordinal);
        Assert.Equal(composed, VsCodeSettings.Compose("/p/s.json", composed).Value);
        if (text is not null)
        {
            var at = merged.IndexOf(Line, StringComparison.Ordinal);
            Assert.StartsWith(merged[..at].TrimEnd(), text, StringComparison.Ordinal);
            Assert.EndsWith(text[(text.IndexOf('{', StringComparison.Ordinal) + 1)..], merged, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{\"python.defaultInterpreterPath\": \"/usr/bin/python\"}", "says /usr/bin/python already")]
    [InlineData("{\"python.defaultInterpreterPath\": null}", "says something else already")]
    [InlineData("[]", "not JSON")]
    [InlineData("{ \"a\": }", "not JSON")]
    [InlineData("{}}", "not JSON")]
    public void Editor_settings_that_cannot_be_added_to_are_told_what_to_add(string text, string why)
    {
        var failure = VsCodeSettings.Compose("/p/s.json", Encoding.UTF8.GetBytes(text)).Failure;
        Assert.Equal(ProjectFailures.NotMergeable, failure.Code);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.Contains("${workspaceFolder}/.venv/bin/python", failure.Hint!, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_plain_files_below_plain_directories_are_written()
    {
        var outside = _folder.CreateFolder("outside");
        var project = _folder.CreateFolder("p");
        File.CreateSymbolicLink($"{project}/.envrc", $"{outside}/.envrc");
        Directory.CreateSymbolicLink($"{project}/.vscode", outside);
        Directory.CreateDirectory($"{project}/.gitignore");
        Assert.All(
            (string[])[".envrc", ".vscode/settings.json", ".gitignore"],
            name => Assert.Equal(ProjectFailures.NotPlainFile, ManagedFile.Read(project, name).Failure.Code));
    }

    private static string Gitignore(string? text)
    {
        var composed = GitignoreFile.Compose("/p/.gitignore", text is null ? null : Encoding.UTF8.GetBytes(text)).Value;
        Assert.Equal(composed, GitignoreFile.Compose("/p/.gitignore", composed).Value);
        return Encoding.UTF8.GetString(composed);
    }

    private static string Envrc(string backend, string prompt) => Encoding.UTF8.GetString(EnvrcFile.Compose("/p/.envrc", null, new EnvrcContent(backend, Dev, prompt)).Value);
}
